package events_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"cubby/locker"
	"cubby/locker/care"
	"cubby/locker/centre"
	"cubby/locker/customers"
	"cubby/locker/desk"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/remote"
	"cubby/locker/secret"
	"cubby/locker/stock"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/api/apitest"
)

var (
	someTime    = time.Date(2026, 3, 1, 10, 0, 0, 512_000_000, time.UTC)
	someParcel  = parcel.OfParcel{ParcelID: "P-4711", OrderID: "SO-4711", Label: "1Z999"}
	someTrouble = care.OfCase{Case: "C-7K3M-90QX"}
	someOrder   = orders.OfOrder{OrderID: "SO-4711", Shop: "acme"}
	someDoor    = wall.OfDoor{Compartment: "14", Opening: "o-1"}
	someBox     = &wall.Dimensions{Length: 300, Width: 200, Height: 90}
)

// facts is one example of every fact that is told, with all its members set.
var facts = []ledger.Fact{
	&parcel.ParcelAnnounced{
		OfParcel:    someParcel,
		Labels:      []string{"L-2"},
		Dimensions:  someBox,
		KeepUpright: true,
		WeightG:     800,
		Accessible:  true,
		Valuable:    true,
		Rotating:    true,
		PickupHours: 48,
		Direction:   parcel.BroughtBack,
		Case:        "R-7K3M-90QX",
		ExchangeOf:  "R-7K3M-90QX",
		Unannounced: true,
		AnnouncedBy: "key:acme",
	},
	&parcel.ParcelAnnounced{
		OfParcel:    someParcel,
		Changed:     true,
		Labels:      []string{"L-2"},
		Dimensions:  someBox,
		KeepUpright: true,
		WeightG:     800,
		Accessible:  true,
		Valuable:    true,
		Rotating:    true,
		PickupHours: 48,
		Direction:   parcel.BroughtBack,
		Case:        "R-7K3M-90QX",
		ExchangeOf:  "R-7K3M-90QX",
		Deadline:    &someTime,
		AnnouncedBy: "key:acme",
	},
	&parcel.ParcelRenamed{OfParcel: someParcel, Was: "L-01a20001-f1b7-79da-ad70-c8533fcc9331"},
	&parcel.DeadlineMoved{OfParcel: someParcel, Deadline: someTime, Reason: parcel.ClockCorrected},
	&parcel.ClockPaused{
		OfParcel: someParcel, Compartment: "14", Reason: wall.SilentDoor, Since: someTime, Until: &someTime,
	},
	&parcel.ClockResumed{OfParcel: someParcel, Reason: wall.SilentDoor, Minutes: 1800, Deadline: someTime},
	&parcel.ParcelExtended{
		OfParcel: someParcel, Compartment: "14", Deadline: someTime, Hours: 24, Count: 1, Amount: 150, Currency: "EUR",
		Through: "kiosk",
	},
	&parcel.RecipientNotified{OfParcel: someParcel, Compartment: "14"},
	&parcel.ParcelCancelled{OfParcel: someParcel},
	&parcel.ParcelBooked{OfParcel: someParcel, Compartment: "14"},
	&parcel.DepositStarted{OfParcel: someParcel, Compartment: "14"},
	&parcel.ParcelStored{
		OfParcel:    someParcel,
		Compartment: "14",
		Size:        "M",
		Deadline:    someTime,
		Evidence:    wall.BySensor,
		Language:    "de",
		PINForm:     parcel.SixDigitsAndPhone,
		Valuable:    true,
		Rotating:    true,
	},
	&parcel.DepositFailure{OfParcel: someParcel, Compartment: "14", Reason: "too_big"},
	&parcel.TokenUsed{
		OfParcel: someParcel, Compartment: "14", Token: "00112233445566778899aabbccddeeff",
		Until: someTime,
	},
	&parcel.PickupAuthorised{OfParcel: someParcel, Compartment: "14", Credential: parcel.ByPIN, Shown: "P-4712"},
	&parcel.FactorTried{OfParcel: someParcel, Credential: parcel.ByCode, Tries: 10, Locked: true},
	&parcel.FactorShown{OfParcel: someParcel, Credential: parcel.ByCode},
	&parcel.PickupAborted{OfParcel: someParcel, Compartment: "14", Reason: "not_seen", ToCheck: true},
	&parcel.ParcelCollected{OfParcel: someParcel, Compartment: "14", Evidence: wall.ByHuman, By: parcel.Delegate},
	&parcel.DoorStuck{OfParcel: someParcel, Compartment: "14", Step: "push", Attempt: 2},
	&parcel.ParcelDisputed{
		OfParcel: someParcel, Compartment: "14", Case: "C-7K3M-90QX", Kind: "empty", State: parcel.Stored,
	},
	&parcel.DisputeEnded{OfParcel: someParcel, Compartment: "14", Case: "C-7K3M-90QX"},
	&parcel.Reopened{OfParcel: someParcel, Compartment: "14", Credential: parcel.ByCode},
	&care.CaseOpened{
		OfCase: someTrouble, Kind: care.Empty, Parcel: "P-4711", Order: "SO-4711", Compartment: "14",
	},
	&care.CaseClosed{OfCase: someTrouble, Parcel: "P-4711", Note: "replaced", By: "b71c02d4"},
	&parcel.ParcelExpired{OfParcel: someParcel, Compartment: "14", Deadline: someTime, RescueUntil: &someTime},
	&parcel.RescueEnded{OfParcel: someParcel, Compartment: "14"},
	&parcel.ParcelRedirected{
		OfParcel: someParcel, Compartment: "14", To: "north-gate", Name: "North Gate",
		Reason: "the customer has moved", By: "b71c02d4", Bearer: true, Final: true,
	},
	&parcel.ParcelRecalled{OfParcel: someParcel, Compartment: "14", Reason: "sold twice", By: "b71c02d4"},
	&parcel.ParcelStays{
		OfParcel: someParcel, Compartment: "14", Why: "recalled", Reason: "a mistake", By: "b71c02d4",
	},
	&parcel.ParcelRemoved{
		OfParcel: someParcel, Compartment: "14", Why: "redirected", To: "north-gate", Name: "North Gate",
		Reason: "given to its courier", By: "b71c02d4",
	},
	&parcel.ParcelShelved{OfParcel: someParcel, Place: "B3", Arrived: true, Language: "de", By: "b71c02d4",
		PINForm: parcel.SixDigitsAndPhone, Valuable: true, Rotating: true, KeepsCode: true},
	&parcel.ParcelCounterHeld{
		OfParcel: someParcel, Compartment: "14", Reason: "taken to the counter", KeepsCode: true,
		By: "b71c02d4",
	},
	&parcel.BagStored{OfParcel: parcel.OfParcel{
		ParcelID: "R-7K3M-9QPX-1", OrderID: "SO-4711", Label: "R-7K3M-9QPX-1",
	},
		Case: "R-7K3M-9QPX", Compartment: "14", Size: "M", Evidence: wall.ByInference},
	&parcel.BagReceived{OfParcel: parcel.OfParcel{
		ParcelID: "R-7K3M-9QPX-1", OrderID: "SO-4711", Label: "R-7K3M-9QPX-1",
	},
		Case: "R-7K3M-9QPX", By: "b71c02d4"},
	&parcel.CodePromised{OfParcel: someParcel},
	&parcel.ParcelHandedOver{
		OfParcel: someParcel, Credential: parcel.ByCode, Reason: "its code was lost", By: "b71c02d4",
	},
	&parcel.ParcelWrittenOff{
		OfParcel: someParcel, Compartment: "14", Reason: "the compartment is empty", By: "b71c02d4",
	},
	&parcel.ParcelStillThere{OfParcel: someParcel, Compartment: "14", By: "b71c02d4"},
	&parcel.ParcelToCheck{OfParcel: someParcel, Compartment: "14", Reason: "door_forced"},
	&parcel.ParcelHeld{
		OfParcel: someParcel, Compartment: "14", Kind: "fee", Reason: "the order was refunded", By: "b71c02d4",
	},
	&parcel.RecipientErased{OfParcel: someParcel, Reason: "ended"},
	&parcel.ParcelReleased{OfParcel: someParcel, Compartment: "14", Reason: "paid again", By: "b71c02d4"},
	&parcel.CodeReissued{
		OfParcel: someParcel, Compartment: "14", Deadline: &someTime, Language: "de", Reason: "it was lost",
		By: "b71c02d4", PINForm: parcel.SixDigitsAndPhone, Valuable: true, Rotating: true,
	},
	&parcel.CodeRevoked{OfParcel: someParcel, Compartment: "14", Reason: "others saw it", By: "b71c02d4"},
	&parcel.Delegated{
		OfParcel: someParcel, Compartment: "14", Delegate: "5f0c1d9be2a7446c8f1b0c2d3e4f5a6b", Through: "shop",
		Until: &someTime, Deadline: &someTime, Told: true, Language: "de",
	},
	&parcel.DelegationEnded{
		OfParcel: someParcel, Delegate: "5f0c1d9be2a7446c8f1b0c2d3e4f5a6b", Reason: "withdrawn",
	},
	&customers.NeighbourNamed{OfNeighbour: customers.OfNeighbour{NeighbourID: "5f0c1d9be2a7446c8f1b0c2d3e4f5a6b"}},
	&customers.NeighbourEnded{
		OfNeighbour: customers.OfNeighbour{NeighbourID: "5f0c1d9be2a7446c8f1b0c2d3e4f5a6b"}, Reason: "ended",
	},
	&parcel.ReceiptOrdered{OfParcel: someParcel, Compartment: "14", Job: "r-1", Copy: true},
	&parcel.ReceiptEnded{OfParcel: someParcel, Job: "r-1", Result: parcel.PrintedReceipt},
	&parcel.PickupRefused{Presented: "code", Why: "used", Parcel: "P-4711"},
	&parcel.CourierRefused{Presented: "badge"},
	&parcel.LabelRefused{Reason: view.ReasonAmbiguous, Parcels: []string{"P-4711", "P-4712"}},
	&orders.Accepted{
		OfOrder:   someOrder,
		Channel:   orders.Online,
		Currency:  "EUR",
		Total:     4093,
		Lines:     1,
		Cancelled: true,
	},
	&orders.Accepted{
		OfOrder: someOrder, Changed: true, Channel: orders.Online, Currency: "EUR", Total: 4093, Lines: 1,
		Cancelled: true,
	},
	&orders.ReturnedElsewhere{OfOrder: someOrder, Line: "1", Quantity: 1},
	&orders.LeaseGranted{OfOrder: someOrder, Line: "1", Site: "berlin-01", Until: someTime},
	&orders.Cancelled{OfOrder: someOrder},
	&orders.CustomerErased{OfOrder: someOrder},
	&orders.Forgotten{OfOrder: someOrder},
	&stock.Moved{
		SKU: "TS-BLK-M", From: stock.Door, To: stock.Door, FromDoor: "14", ToDoor: "15", Quantity: 1,
		Cause: "restocked", Case: "R-7K3M-90QX", Count: "c-1", Ref: "D-17", Held: "cart-1", OnHand: 14,
	},
	&stock.TaskOpened{Task: stock.Task{
		Kind: stock.Recount, SKU: "TS-BLK-M", Door: "14", Why: "door_forced", Units: 2, Since: someTime,
	}},
	&stock.TaskClosed{OfArticle: stock.OfArticle{SKU: "TS-BLK-M"}, Kind: stock.Recount, Door: "14"},
	&stock.DoorStocked{OfDoor: someDoor, SKU: "TS-BLK-M"},
	&stock.LeaseChanged{Why: "offered", Lease: stock.Lease{
		SKU: "TS-BLK-M", Number: 3, Left: 2, Promised: 1, Sold: 1, Until: someTime,
		Offer: &stock.Offer{Number: 4, Units: 2, Until: someTime},
	}},
	&stock.LeaseWanted{OfArticle: stock.OfArticle{SKU: "TS-BLK-M"}, Quantity: 2},
	&centre.ChangeRefused{
		Change:   centre.Change{Collection: "parcels", ID: "P-4711", Rev: 3},
		ParcelID: "P-4711", Slug: "too-late", Reason: "this parcel has been collected",
	},
	&remote.CommandObeyed{
		Command: "0102030405060708090a0b0c0d0e0f10", What: remote.Open, Compartment: "14", Parcel: "P-4711",
		Order: "SO-4711", Opening: "o-1",
	},
	&remote.CommandRefused{Command: "0102030405060708090a0b0c0d0e0f10"},
	&wall.OpeningIntended{
		OfDoor:    someDoor,
		Parcel:    "P-4711",
		Purpose:   wall.ForPickup,
		Attempt:   1,
		NotAfter:  someTime,
		WasClosed: true,
		Visit:     "v-1",
		Actor:     "bearer",
	},
	&wall.OpeningEnded{OfDoor: someDoor, Result: door.ConfirmedOpen, Pulsed: true},
	&wall.OpeningAdopted{OfDoor: someDoor},
	&wall.OpeningToCheck{OfDoor: someDoor, Parcel: "P-4711"},
	&wall.OpeningAbandoned{OfDoor: someDoor},
	&wall.OpeningRejoined{OfDoor: someDoor, Visit: "v-1", Parcel: "P-4711"},
	&wall.DoorOpened{OfDoor: someDoor, At: someTime},
	&wall.DoorClosed{OfDoor: someDoor, Presence: door.Empty, At: someTime},
	&wall.DoorForced{OfDoor: someDoor, At: someTime},
	&desk.OpeningAllowed{
		OfDoor: wall.OfDoor{Compartment: "14"}, Parcel: "p-1", Order: "o-1", Reason: "customer_asks",
		By:     "4f1c22a0",
		Second: "9b30aa17",
	},
	&wall.DoorAlarmCleared{OfDoor: someDoor, Reason: "the parcel is there, the latch holds", By: "b71c02d4"},
	&wall.DoorUnknown{OfDoor: someDoor},
	&wall.DoorLeftOpen{OfDoor: someDoor, Stage: 1},
	&wall.CompartmentFreed{OfDoor: someDoor, Evidence: wall.ByInference},
	&wall.CompartmentQuarantined{
		OfDoor:   someDoor,
		Reason:   "found occupied by a courier",
		Contents: wall.ContentsPresent,
	},
	&wall.DoorOutOfService{OfDoor: someDoor, Reason: "hinge broken", By: "b71c02d4"},
	&wall.DoorRestored{OfDoor: someDoor, Reason: "hinge repaired", By: "b71c02d4"},
	&wall.StationStarted{Boot: "b-1", Version: "1.0.0"},
	&visit.Started{Visit: "v-1", Kind: parcel.PickupVisit},
	&visit.Ended{
		Visit:   "v-1",
		Kind:    parcel.CourierVisit,
		Step:    view.StepCourierDone,
		Outcome: "finished",
	},
	&visit.ClockAccepted{Clock: someTime, Seconds: 259200},
	&visit.HelpAsked{Terminal: "kiosk", Step: "pickup_open", Door: "14"},
	&visit.HelpAnswered{Terminal: "kiosk", By: "9f1c2a3b"},
	&wall.LockDriven{Line: "main", Board: 1, Lock: 4, Compartment: "14"},
	&visit.DeviceChanged{
		Device:    "bus main board 1",
		Condition: "silent",
		Detail:    "no answer",
		Kind:      health.Board,
		Severity:  string(health.Warning),
	},
}

// joined are members that are not in the fact but joined in for some readers.
var joined = map[string][]string{
	"parcel.stored":        {"code", "pin", "rotating_secret"},
	"parcel.shelved":       {"code", "pin", "rotating_secret"},
	"parcel.code_reissued": {"code", "pin", "rotating_secret"},
	"parcel.delegated":     {"code", "pin"},
}

func TestEveryFactThatIsToldIsInTheContract(t *testing.T) {
	var told, examples []string
	for _, name := range locker.Ledger.Types() {
		if locker.Ledger.Published(name) {
			told = append(told, name)
		}
	}
	for _, f := range facts {
		examples = append(examples, f.Type())
	}
	slices.Sort(told)
	slices.Sort(examples)
	if !slices.Equal(told, examples) {
		t.Errorf(
			"package locker tells\n%v\nand there are examples of\n%v\ngive every fact an example here, "+
				"a schema EventData... in the contract, and a line in docs/api.md",
			told, examples)
	}
	branches := slices.Sorted(maps.Keys(dataSchemas(t)))
	if !slices.Equal(told, branches) {
		t.Errorf("package locker tells\n%v\nand Event in the contract knows\n%v", told, branches)
	}
	if words := apitest.OpenWords(t, "EventType"); !slices.Equal(told, words) {
		t.Errorf("package locker tells\n%v\nand EventType lists\n%v", told, words)
	}
}

func TestWhatIsToldOfAFactIsWhatTheContractSays(t *testing.T) {
	schemas := dataSchemas(t)
	for _, full := range facts {
		name := full.Type()
		t.Run(name, func(t *testing.T) {
			schema := schemas[name]
			if schema == nil {
				t.Fatal("has no schema")
			}
			data := members(t, full)
			if err := schema.VisitJSON(data); err != nil {
				t.Errorf("%v: %v", data, err)
			}
			// The example has every member, so the schema must have just these.
			documented := slices.Sorted(maps.Keys(schema.Properties))
			written := slices.Concat(slices.Collect(maps.Keys(data)), joined[name])
			slices.Sort(written)
			if !slices.Equal(written, documented) {
				t.Errorf("the fact has %v, the contract %v", written, documented)
			}
			for member, value := range data {
				if reflect.ValueOf(value).IsZero() {
					t.Errorf("the example leaves %s empty", member)
				}
				wrong := maps.Clone(data)
				wrong[member] = []any{}
				if schema.VisitJSON(wrong) == nil {
					t.Errorf("the contract takes anything for %s", member)
				}
			}
			// A fact without anything has exactly what is always there.
			least := members(t, reflect.New(reflect.TypeOf(full).Elem()).Interface())
			if strings.HasPrefix(name, "opening.") {
				least["opening"] = "o-1" // no such fact without the opening it is about
			}
			always, required := slices.Sorted(maps.Keys(least)), slices.Sorted(slices.Values(schema.Required))
			if !slices.Equal(always, required) {
				t.Errorf("the fact always has %v, the contract requires %v", always, required)
			}
		})
	}
}

func TestAnEventsTypeDecidesItsData(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	event := func(name string, data any) any {
		return map[string]any{
			"specversion":     "1.0",
			"id":              "e-1",
			"source":          "/stations/test",
			"type":            name,
			"subject":         "station",
			"time":            "2026-03-01T10:00:00.000Z",
			"datacontenttype": "application/json",
			"sequence":        "00000000000000000001",
			"epoch":           "epoch-1",
			"actor":           "test",
			"cause":           "test",
			"data":            data,
		}
	}
	pages := doc.Paths.Value("/v1/events").Get.Responses.Value("200").Value.Content
	page := pages["application/cloudevents-batch+json"].Schema.Value
	takes := func(events ...any) error { return page.VisitJSON(events, openapi3.EnableJSONSchema2020()) }
	var all []any
	for _, f := range facts {
		all = append(all, event(f.Type(), jsonOf(t, f)))
	}
	for page := range slices.Chunk(all, 100) {
		if err := takes(page...); err != nil {
			t.Errorf("an example is refused: %v", err)
		}
	}
	if takes(event("parcel.cancelled", map[string]any{"parcel": "P-4711"})) == nil {
		t.Error("the data of one type may be anything")
	}
	if err := takes(event("parcel.teleported", map[string]any{"to": "Mars"})); err != nil {
		t.Errorf("a type added later is refused: %v", err)
	}
	more := jsonOf(t, facts[0]).(map[string]any)
	more["fragile"] = true
	if err := takes(event(facts[0].Type(), more)); err != nil {
		t.Errorf("a member added later is refused: %v", err)
	}
}

// logged is a Reader over a real store, with the keys of the core in memory.
type logged struct {
	*store.Store
	core *apitest.Core
}

func (l logged) CentreHeard() {}

func (l logged) ParcelStory(ctx context.Context, id string, most int) ([]view.StoryLine, error) {
	return l.core.ParcelStory(ctx, id, most)
}

func (l logged) DoorStory(ctx context.Context, number string, most int) ([]view.StoryLine, error) {
	return l.core.DoorStory(ctx, number, most)
}

func (l logged) Acknowledge(_ context.Context, client string, through int64) error {
	tx, err := l.Begin()
	if err != nil {
		return err
	}
	tx.Save(people.Acknowledge(l.Rows(), client, through))
	return tx.Commit()
}

// TestTheStoresFeedIsWhatTheContractSays has every fact written by the real
// store and read over HTTP, where the bench holds it against the contract.
func TestTheStoresFeedIsWhatTheContractSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, err := secret.Derive(make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), t.TempDir(), "test", keys)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		in := store.Circumstances{At: someTime, Actor: "hardware", Visit: "v-1", Cause: "door"}
		tx.Append([]ledger.Fact{&people.GuardChanged{}}, in) // not told: sequences begin with a gap
		for _, f := range facts {
			if stored, ok := f.(*parcel.ParcelStored); ok {
				withCode := *stored
				withCode.Clear = &visit.Secret{Code: "K7Q2M4ZPK7Q2M4ZPK7Q2M4ZPK7", PIN: "20481632"}
				withCode.ParcelID = "P-4712" // which none of the others ends
				f = &withCode
			}
			tx.Append([]ledger.Fact{f, &people.GuardChanged{}}, in)
			in.Visit = "" // most happen outside a visit
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		b := apitest.New(t, func(c *apitest.Setup) { c.Reader = logged{s, c.Reader.(*apitest.Core)} })
		var events []json.RawMessage
		last, text := "", ""
		for range len(facts)/100 + 1 { // 100 to a page
			var more []json.RawMessage
			answer := b.Do("GET", "/v1/events?cursor="+last, "")
			page := apitest.Want(t, answer, 200, "")
			if err := json.Unmarshal([]byte(page), &more); err != nil {
				t.Fatal(err)
			}
			events = append(events, more...)
			text += page
			last = answer.Header.Get("Cubby-Next-Cursor")
		}
		if len(events) != len(facts) || !strings.Contains(text, `"pin":"20481632"`) {
			t.Fatalf("%d events of %d", len(events), len(facts))
		}
		w, ended := b.Follow(t.Context(), "/v1/events?limit=7")
		synctest.Wait()
		told := apitest.Messages(t, w)
		if len(told) != len(events) || told[len(told)-1].ID != last {
			t.Fatalf("%d messages for %d events, the last with the id %s", len(told), len(events),
				told[len(told)-1].ID)
		}
		for i, m := range told {
			if !bytes.Equal(m.Data, events[i]) {
				t.Errorf("streamed %s, want %s", m.Data, events[i])
			}
		}
		b.Server.Close()
		<-ended
	})
}

// TestTheTablesOfEventsAreComplete reads the tables for people, in the guide
// and in the contract: "| `type` | when | members |", "?" behind what may be
// absent, *ids* for the members that name a parcel.
func TestTheTablesOfEventsAreComplete(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	schemas := dataSchemas(t)
	row := regexp.MustCompile("(?m)^\\| `([a-z_]+\\.[a-z_]+)` \\| (.+) \\| (.+) \\|$")
	member := regexp.MustCompile("`([a-z_]+)`(\\??)")
	for name, text := range map[string]string{"docs/api.md": string(guide),
		"the contract": doc.Components.Schemas["Event"].Value.Description} {
		rows := row.FindAllStringSubmatch(text, -1)
		for _, r := range rows {
			schema := schemas[r[1]]
			if schema == nil {
				t.Errorf("%s has a row for %s, which is not told", name, r[1])
				continue
			}
			cell := strings.Replace(r[3], "*ids*", "`parcel_id`, `order_id`?, `label`?", 1)
			var told, required []string
			for _, m := range member.FindAllStringSubmatch(cell, -1) {
				told = append(told, m[1])
				if m[2] == "" {
					required = append(required, m[1])
				}
			}
			slices.Sort(told)
			slices.Sort(required)
			if !slices.Equal(told, slices.Sorted(maps.Keys(schema.Properties))) ||
				!slices.Equal(required, slices.Sorted(slices.Values(schema.Required))) {
				t.Errorf("%s says %s of %s", name, r[3], r[1])
			}
		}
		if len(rows) != len(schemas) {
			t.Errorf("%s has %d rows for %d types", name, len(rows), len(schemas))
		}
	}
}

// dataSchemas are the schemas of data that Event chooses by type.
func dataSchemas(t *testing.T) map[string]*openapi3.Schema {
	t.Helper()
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*openapi3.Schema{}
	for _, branch := range doc.Components.Schemas["Event"].Value.AllOf {
		name, _ := branch.Value.If.Value.Properties["type"].Value.Const.(string)
		data := branch.Value.Then.Value.Properties["data"]
		if found[name] != nil || !strings.HasPrefix(data.Ref, "#/components/schemas/EventData") {
			t.Errorf("%q is there twice, or its data is no component: %q", name, data.Ref)
		}
		found[name] = data.Value
	}
	return found
}

func members(t *testing.T, fact any) map[string]any {
	t.Helper()
	return jsonOf(t, fact).(map[string]any)
}

// jsonOf is v as it comes off the wire.
func jsonOf(t *testing.T, v any) (back any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	return back
}
