package desk

import (
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A Scene is the first command of a made-up station: parcels and doors with everything
// that can be practised, and the person who practises, signed in. It must never be
// given to a real one.
type Scene struct {
	Terminal string
	Person   people.Employee
	Language string
	Second   people.EmployeeRecord
	// Parcels are the codes of as many made-up parcels as are wanted, at most MostRehearsed
	// of them.
	Parcels []visit.Secret
}

// MostRehearsed is how many parcels there are to practise with.
const MostRehearsed = 8

// EndPractice takes a terminal back from its made-up station. Left: the person has gone
// from there, and is signed out here too. Failed: it could not begin.
type EndPractice struct {
	Terminal, Visit string
	Left, Failed    bool
}

func (c Scene) Decide(t *visit.Turn) error {
	t.Emit(&people.EmployeeAdded{ID: c.Person.ID, Name: c.Person.Name, Role: c.Person.Role, At: t.Now})
	t.Emit(&people.EmployeeAdded{
		ID: c.Second.ID, Name: c.Second.Name, Role: c.Second.Role, At: t.Now,
		Hashes: people.EmployeeHashes{Badge: c.Second.BadgeHash, PIN: c.Second.PINHash},
	})
	doors := wall.Compartments.Keys(t.State)
	for i, secret := range c.Parcels {
		if i >= len(doors) {
			break
		}
		c.place(t, i, doors[i*len(doors)/len(c.Parcels)], secret)
	}
	if e, ok := people.Staff.Get(t.State, c.Person.ID); ok {
		signIn(t, e, "practice")
		t.Visit.Language = c.Language
	}
	return nil
}

// place puts one made-up parcel behind a door, with one of the troubles there are.
func (c Scene) place(t *visit.Turn, i int, number string, secret visit.Secret) {
	id := "practice-" + string(rune('1'+i))
	of := parcel.OfParcel{ParcelID: id, OrderID: "PRACTICE-100" + string(rune('1'+i)), Label: id}
	at := wall.OfDoor{Compartment: number}
	deadline := t.Now.Add(48 * time.Hour)
	t.Emit(&parcel.ParcelAnnounced{OfParcel: of, PickupHours: 72, Recipient: &parcel.Recipient{
		Name: "Practice customer " + string(rune('1'+i)), Phone: "000",
	}})
	if i == 7 {
		return // it is only announced
	}
	t.Emit(&parcel.ParcelBooked{OfParcel: of, Compartment: number})
	t.Emit(&parcel.DepositStarted{OfParcel: of, Compartment: number})
	t.Emit(&parcel.ParcelStored{
		OfParcel: of, Compartment: number, Deadline: deadline, Evidence: wall.ByInference,
		Hashes: parcel.StoredHashes{Code: secret.CodeHash, PIN: secret.PINHash}, Clear: &secret,
	})
	if i == Counter || i == Counter+1 { // it has been taken out
		t.Emit(&wall.DoorOpened{OfDoor: at, At: t.Now})
		t.Emit(&wall.DoorClosed{OfDoor: at, At: t.Now})
	}
	switch i {
	case 0:
		t.Emit(&parcel.ParcelExpired{OfParcel: of, Compartment: number, Deadline: t.Now})
	case 1:
		t.Emit(&parcel.ParcelToCheck{OfParcel: of, Compartment: number, Reason: "interrupted"})
	case 2:
		t.Emit(&wall.DoorForced{OfDoor: at, At: t.Now})
		t.Emit(&parcel.ParcelToCheck{OfParcel: of, Compartment: number, Reason: "door_forced"})
	case Counter:
		t.Emit(&parcel.ParcelExpired{OfParcel: of, Compartment: number, Deadline: t.Now})
		t.Emit(&parcel.ParcelCounterHeld{OfParcel: of, Compartment: number, Reason: "expired", KeepsCode: true})
		t.Emit(&wall.DoorRestored{OfDoor: at, Reason: "expired"})
	case 4:
		t.Emit(&parcel.ParcelCollected{OfParcel: of, Compartment: number, Evidence: wall.ByInference})
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: at, Reason: "left open after a pickup", Contents: wall.ContentsUnknown,
		})
	}
}

// Counter is the parcel of a scene that is at the counter.
const Counter = 3

// practising answers a scan while the terminal shows a made-up station: badges sign out and
// in, and nothing that is real is looked for.
func practising(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	return atDoor(c, t)
}

func (c EndPractice) Decide(t *visit.Turn) error {
	t.AttendWhere(func(v visit.Visit) bool { return v.ID == c.Visit })
	switch {
	case t.Visit.ID != c.Visit || t.Visit.Step != view.StepStaffPractice:
	case c.Left:
		signOut(t, "timed_out")
	default:
		back(t)
		if c.Failed {
			say(t, view.Message{ID: "refused_practice"})
		}
	}
	return nil
}
