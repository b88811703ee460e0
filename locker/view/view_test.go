package view_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cubby/locker/view"
)

func TestAPayloadIsNestedAndSaysWhatTheViewSays(t *testing.T) {
	at := view.AtDoor{Door: "14", OpenDoor: "07", LeftOpen: 2}
	for name, c := range map[string]struct {
		v      view.View
		nested string
		at     view.AtDoor
		parcel string
		digits int
	}{
		"idle": {
			view.View{Kind: view.KindIdle, Step: view.StepIdle, Idle: &view.Idle{OpenDoor: "07"}},
			`"idle":{"open_door":"07"}`, view.AtDoor{OpenDoor: "07"}, "", 0,
		},
		"pickup": {
			view.View{
				Kind: view.KindPickup, Step: view.StepPickupOpen,
				Pickup: &view.Pickup{AtDoor: at, Parcel: "4821", PINDigits: 8},
			},
			`"pickup":{"door":"14","open_door":"07","left_open":2,"parcel":"4821","pin_digits":8}`, at, "4821", 8,
		},
		"courier": {
			view.View{
				Kind: view.KindCourier, Step: view.StepCourierReceipt,
				Courier: &view.Courier{AtDoor: at, Parcel: "A9", Count: 3, Print: view.PrintBusy},
			},
			`"courier":{"door":"14","open_door":"07","left_open":2,"parcel":"A9","count":3,"print":"printing"}`, at,
			"A9", 0,
		},
		"commission": {
			view.View{
				Kind: view.KindCommission, Step: view.StepCommission,
				Commission: &view.Commission{Step: "hand", Door: "14", PINDigits: 4},
			},
			`"commission":{"step":"hand","ask":{"id":""},"door":"14","pin_digits":4}`, view.AtDoor{Door: "14"}, "", 4,
		},
		"a kind without a payload of its own": {
			view.View{Kind: "umbrella", Step: "umbrella_open", Plain: &at},
			`"plain":{"door":"14","open_door":"07","left_open":2}`, at, "", 0,
		},
		"nobody is served": {
			view.View{Step: view.StepUnavailable}, `"step":"unavailable"`, view.AtDoor{}, "", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(c.v)
			if err != nil || !strings.Contains(string(text), c.nested) {
				t.Errorf("%s, %v\nhas no %s", text, err, c.nested)
			}
			var back view.View
			if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, c.v) {
				t.Errorf("read back it is %+v, %v", back, err)
			}
			if c.v.At() != c.at || c.v.Parcel() != c.parcel || c.v.PINDigits() != c.digits {
				t.Errorf("at %+v, parcel %q, %d digits", c.v.At(), c.v.Parcel(), c.v.PINDigits())
			}
			var want []view.Kind
			if c.v.Kind != "" {
				want = []view.Kind{c.v.Kind}
			}
			if got := c.v.Payloads(); !slices.Equal(got, want) {
				t.Errorf("the payloads are %v, want %v", got, want)
			}
		})
	}
}

// A touch that was meant for the page before does nothing on the next one.
func TestATouchIsMeantForItsStepDoorAndParcel(t *testing.T) {
	v := view.View{
		Step: view.StepPickupOpen, Pickup: &view.Pickup{AtDoor: view.AtDoor{Door: "14"}, Parcel: "4821"},
	}
	for name, c := range map[string]struct {
		a     view.Action
		meant bool
	}{
		"this page":      {view.Action{Step: view.StepPickupOpen, Door: "14", Parcel: "4821"}, true},
		"any page":       {view.Action{}, true},
		"another step":   {view.Action{Step: view.StepPickupDone, Door: "14", Parcel: "4821"}, false},
		"another door":   {view.Action{Step: view.StepPickupOpen, Door: "15", Parcel: "4821"}, false},
		"another parcel": {view.Action{Step: view.StepPickupOpen, Door: "14", Parcel: "9999"}, false},
	} {
		if got := c.a.Meant(v); got != c.meant {
			t.Errorf("%s: meant %v, want %v", name, got, c.meant)
		}
	}
}
