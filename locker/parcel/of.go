package parcel

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
