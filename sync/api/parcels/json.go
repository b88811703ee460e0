package parcels

import (
	"cubby/locker/appendjson"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/strict"
)

// mostLabels bounds what is read of further labels; the rules say how many there
// may be, and which member is wrong.
const mostLabels = 100

// readAnnouncement reads the body of a PUT. Values are bounded by the station's
// rules; those are asked here only to say all that is wrong in one answer.
func readAnnouncement(body []byte) (parcel.Announcement, error) {
	a, err := announcement(strict.Object, body)
	if r, ok := err.(*ledger.Refusal); ok && r.Field != "" {
		err = r.And(a.Mistakes()...)
	}
	return a, err
}

// ReadAnnouncement reads the body of a PUT, and refuses all that is wrong in it: for
// whoever passes it on to a station.
func ReadAnnouncement(body []byte) (parcel.Announcement, error) {
	a, err := readAnnouncement(body)
	return a, withMistakes(a, err)
}

// TakeAnnouncement is ReadAnnouncement for what a newer program may have written: it
// passes over members that are not known here.
func TakeAnnouncement(body []byte) (parcel.Announcement, error) {
	a, err := announcement(strict.Lenient, body)
	return a, withMistakes(a, err)
}

func withMistakes(a parcel.Announcement, err error) error {
	if all := a.Mistakes(); err == nil && len(all) > 0 {
		return all[0].And(all[1:]...)
	}
	return err
}

// An objectReader is strict.Object or strict.Lenient.
type objectReader func([]byte, func(r *strict.Reader, name string) error) error

func announcement(object objectReader, body []byte) (a parcel.Announcement, err error) {
	err = object(body, func(r *strict.Reader, name string) (err error) {
		switch name {
		case "label":
			a.Label, err = r.String()
		case "labels":
			a.Labels, err = r.Strings(mostLabels)
		case "dimensions_mm":
			a.Dimensions, err = readDimensions(r)
		case "keep_upright":
			a.KeepUpright, err = r.Bool()
		case "weight_g":
			a.WeightG, err = r.Int()
		case "recipient":
			a.Recipient, err = readRecipient(r)
		case "order_id":
			a.OrderID, err = r.String()
		case "exchange_of":
			a.ExchangeOf, err = r.String()
		case "accessible":
			a.Accessible, err = r.Bool()
		case "valuable":
			a.Valuable, err = r.Bool()
		case "rotating":
			a.Rotating, err = r.Bool()
		case "pickup_hours":
			a.PickupHours, err = r.Int()
		default:
			err = r.Unknown()
		}
		return err
	})
	return a, err
}

func readDimensions(r *strict.Reader) (*wall.Dimensions, error) {
	if r.Null() {
		return nil, nil
	}
	d := new(wall.Dimensions)
	return d, r.Object(func(name string) (err error) {
		switch name {
		case "length":
			d.Length, err = r.Int()
		case "width":
			d.Width, err = r.Int()
		case "height":
			d.Height, err = r.Int()
		default:
			err = r.Unknown()
		}
		return err
	})
}

func readRecipient(r *strict.Reader) (*parcel.Recipient, error) {
	p := new(parcel.Recipient)
	return p, r.Object(func(name string) (err error) {
		switch name {
		case "name":
			p.Name, err = r.String()
		case "phone":
			p.Phone, err = r.String()
		case "email":
			p.Email, err = r.String()
		case "language":
			p.Language, err = r.String()
		default:
			err = r.Unknown()
		}
		return err
	})
}

// appendParcel writes a parcel with its recipient's details, nil for none.
func appendParcel(b []byte, p *parcel.Parcel, r *parcel.Recipient) []byte {
	b = p.AppendJSON(b)
	if r == nil {
		return b
	}
	b = append(b[:len(b)-1], `,"recipient":{`...)
	n := len(b)
	b = appendjson.Optional(b, `,"name":`, r.Name)
	b = appendjson.Optional(b, `,"phone":`, r.Phone)
	b = appendjson.Optional(b, `,"email":`, r.Email)
	b = appendjson.Optional(b, `,"language":`, r.Language)
	if len(b) > n { // the first comma was one too many
		b = append(b[:n], b[n+1:]...)
	}
	return append(b, '}', '}')
}
