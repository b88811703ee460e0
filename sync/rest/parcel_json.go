package rest

import (
	"strconv"
	"time"
	"unicode/utf8"

	"cubby/locker"
	"cubby/sync/strict"
)

// readAnnouncement reads the body of a PUT. Values are bounded by the
// station's rules, not here.
func readAnnouncement(body []byte) (a locker.Announcement, err error) {
	err = strict.Object(body, func(r *strict.Reader, name string) (err error) {
		switch name {
		case "label":
			a.Label, err = r.String()
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
		case "accessible":
			a.Accessible, err = r.Bool()
		case "pickup_hours":
			a.PickupHours, err = r.Int()
		default:
			err = r.Unknown()
		}
		return err
	})
	return a, err
}

func readDimensions(r *strict.Reader) (*locker.Dimensions, error) {
	d := new(locker.Dimensions)
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

func readRecipient(r *strict.Reader) (*locker.Recipient, error) {
	p := new(locker.Recipient)
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

func readNothing(body []byte) error {
	return strict.Object(body, func(r *strict.Reader, _ string) error { return r.Unknown() })
}

// appendParcel writes a parcel, member by member: what is not listed here
// never leaves, whatever the domain's type may come to hold.
func appendParcel(b []byte, p *locker.Parcel, r *locker.Recipient) []byte {
	b = appendText(append(b, `{"id":`...), p.ID)
	b = appendText(append(b, `,"state":`...), string(p.State))
	b = appendText(append(b, `,"label":`...), p.Label)
	b = appendOptional(b, `,"order_id":`, p.OrderID)
	if d := p.Dimensions; d != nil {
		b = strconv.AppendInt(append(b, `,"dimensions_mm":{"length":`...), int64(d.Length), 10)
		b = strconv.AppendInt(append(b, `,"width":`...), int64(d.Width), 10)
		b = strconv.AppendInt(append(b, `,"height":`...), int64(d.Height), 10)
		b = append(b, '}')
	}
	b = appendFlag(b, `,"keep_upright":true`, p.KeepUpright)
	if p.WeightG != 0 {
		b = strconv.AppendInt(append(b, `,"weight_g":`...), int64(p.WeightG), 10)
	}
	b = appendFlag(b, `,"accessible":true`, p.Accessible)
	b = strconv.AppendInt(append(b, `,"pickup_hours":`...), int64(p.PickupHours), 10)
	b = appendOptional(b, `,"compartment":`, p.Compartment)
	b = appendTime(b, `,"deadline":`, p.Deadline)
	b = appendFlag(b, `,"to_check":true`, p.ToCheck)
	b = appendOptional(b, `,"failed_reason":`, p.FailedReason)
	b = appendTime(b, `,"announced_at":`, &p.AnnouncedAt)
	b = appendTime(b, `,"stored_at":`, p.StoredAt)
	b = appendTime(b, `,"ended_at":`, p.EndedAt)
	b = strconv.AppendInt(append(b, `,"rev":`...), p.Rev, 10)
	if r != nil {
		b = append(b, `,"recipient":{`...)
		n := len(b)
		b = appendOptional(b, `,"name":`, r.Name)
		b = appendOptional(b, `,"phone":`, r.Phone)
		b = appendOptional(b, `,"email":`, r.Email)
		b = appendOptional(b, `,"language":`, r.Language)
		if len(b) > n { // the first comma was one too many
			b = append(b[:n], b[n+1:]...)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendOptional(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return appendText(append(b, name...), value)
}

func appendFlag(b []byte, member string, set bool) []byte {
	if !set {
		return b
	}
	return append(b, member...)
}

func appendTime(b []byte, name string, t *time.Time) []byte {
	if t == nil {
		return b
	}
	b = append(append(b, name...), '"')
	return append(t.UTC().AppendFormat(b, time.RFC3339Nano), '"')
}

// appendText writes a JSON string (RFC 8259, section 7).
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(append(b, s[plain:i]...), "\ufffd"...)
		} else if c == '"' || c == '\\' {
			b = append(append(b, s[plain:i]...), '\\', c)
		} else {
			b = append(append(b, s[plain:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		plain = i
	}
	return append(append(b, s[plain:]...), '"')
}
