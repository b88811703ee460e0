package locker

import "cubby/locker/ledger"

// A Fact is something that happened; see package ledger.
type Fact = ledger.Fact

// OfParcel names the parcel a fact is about, as its readers know it.
type OfParcel struct {
	ParcelID string `json:"parcel_id"`
	OrderID  string `json:"order_id,omitempty"`
	Label    string `json:"label,omitempty"`
}

// Subject of a fact about a parcel.
func (o OfParcel) Subject() string { return "parcels/" + o.ParcelID }

func of(p Parcel) OfParcel { return OfParcel{ParcelID: p.ID, OrderID: p.OrderID, Label: p.Label} }

// Published: the feed tells what happens to parcels.
func (o OfParcel) Published() bool { return true }

// OfDoor names the compartment a fact is about.
type OfDoor struct {
	Compartment string `json:"compartment"`
	Opening     string `json:"opening,omitempty"`
}

// Subject of a fact about a compartment.
func (o OfDoor) Subject() string { return "compartments/" + o.Compartment }

// Published: the feed tells what happens to doors.
func (o OfDoor) Published() bool { return true }

// Module lists the facts and the tables of a pickup station.
var Module = ledger.Module{
	Name: "station",
	Facts: []ledger.Fact{
		&ParcelAnnounced{}, &ParcelAnnounced{Changed: true}, &DeadlineMoved{}, &ParcelCancelled{}, &ParcelBooked{}, &DepositStarted{}, &ParcelStored{}, &DepositFailure{}, &PickupAuthorised{}, &PickupAborted{}, &ParcelCollected{}, &ParcelExpired{}, &ParcelToCheck{}, &ParcelCounterHeld{}, &PickupRefused{},
		&OpeningIntended{}, &OpeningEnded{}, &OpeningAdopted{}, &OpeningToCheck{}, &OpeningAbandoned{}, &OpeningRejoined{}, &DoorOpened{}, &DoorClosed{}, &DoorForced{}, &DoorAlarmCleared{}, &DoorUnknown{}, &DoorSeen{}, &DoorLeftOpen{}, &CompartmentFreed{}, &CompartmentQuarantined{}, &DoorOutOfService{}, &DoorRestored{}, &LockDriven{},
		&CourierAdded{}, &CourierRemoved{}, &KeyAdded{}, &KeyRevoked{}, &ReceiptOrdered{}, &ReceiptEnded{}, &ParcelHeld{}, &ParcelReleased{}, &RecipientErased{},
		&VisitStarted{}, &VisitStepped{}, &CourierRefused{}, &LabelRefused{}, &VisitEnded{}, &GuardChanged{}, &CalendarKept{}, &ClockAccepted{}, &DeviceChanged{}, &StationStarted{},
	},
	Tables: []*ledger.Spec{
		Parcels.Spec, Recipients.Spec, Credentials.Spec, Compartments.Spec, Openings.Spec, Couriers.Spec, Keys.Spec, Consumers.Spec,
		Visits.Spec, PINGuard.Spec, CalendarNow.Spec,
	},
}

// Ledger knows all facts and tables of a pickup station.
var Ledger = ledger.NewCatalogue(Module)
