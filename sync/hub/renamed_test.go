package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/db/dbtest"
)

func TestAParcelThatIsAnnouncedAfterItCameIsOne(t *testing.T) {
	for name, collected := range map[string]bool{"while it is there": false, "when it is gone": true} {
		t.Run(name, func(t *testing.T) {
			w := open(t, dbtest.SQLite(t))
			s := w.join("Main Street")
			w.must(w.Announce(t.Context(), "shop", s, "P-9",
				json.RawMessage(`{"label":"1Z999","order_id":"SO-9","recipient":{"email":"a@example.com"}}`)))
			at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
			was := parcel.OfParcel{ParcelID: "L-1", Label: "1Z999"}
			is := parcel.OfParcel{ParcelID: "P-9", OrderID: "SO-9", Label: "1Z999"}
			facts := []ledger.Fact{
				&parcel.ParcelAnnounced{OfParcel: was, PickupHours: 72, Unannounced: true},
				&parcel.ParcelBooked{OfParcel: was, Compartment: "3"},
				&parcel.ParcelStored{OfParcel: was, Compartment: "3", Deadline: at.Add(72 * time.Hour)},
			}
			if collected {
				facts = append(facts, &parcel.ParcelCollected{
					OfParcel: was, Compartment: "3", Evidence: wall.ByInference,
				})
			}
			facts = append(facts, &parcel.ParcelRenamed{OfParcel: is, Was: "L-1"},
				&parcel.ParcelAnnounced{OfParcel: is, Changed: true, PickupHours: 72})
			var log []json.RawMessage
			for i, f := range facts {
				data, err := json.Marshal(f)
				w.must(err)
				var members map[string]any
				w.must(json.Unmarshal(data, &members))
				if f.Type() == "parcel.stored" {
					members["code"], members["pin"] = "K7Q2M4ZPK7Q2M4ZPK7Q2M4ZPK7", "20481632"
				}
				text, err := json.Marshal(map[string]any{
					"id": string(rune('a' + i)), "type": f.Type(), "subject": f.Subject(), "time": at,
					"sequence": fmt.Sprintf("%020d", 2*i+2), "data": members,
				})
				w.must(err)
				log = append(log, text)
			}
			w.push(s, "one", 0, log...)

			all, _, err := w.Parcels(t.Context(), ParcelFilter{Station: s})
			w.must(err)
			if len(all) != 1 || all[0].ID != "P-9" || all[0].OrderID != "SO-9" || all[0].Stored == nil ||
				!slices.Equal(all[0].Labels, []string{"1Z999"}) {
				t.Fatalf("the hub has %+v", all)
			}
			doors, err := w.Doors(t.Context(), s)
			w.must(err)
			state, door, behind := "stored", "3", "P-9"
			if collected {
				state, door, behind = "collected", "", ""
			}
			if p := all[0]; p.State != state || p.Door != door || p.Contact == collected {
				t.Errorf("the hub has %+v", p)
			}
			for _, d := range doors {
				if d.Number == "3" && d.Parcel != behind {
					t.Errorf("door 3 has %q", d.Parcel)
				}
			}
			_, _, err = w.ShowCode(t.Context(), "operator", s, "P-9", "asked for")
			if (err == nil) == collected {
				t.Errorf("its code: %v", err)
			}
		})
	}
}
