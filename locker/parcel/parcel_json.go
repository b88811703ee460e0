package parcel

import (
	"strconv"

	"cubby/locker/appendjson"
	"cubby/locker/wall"
)

// AppendJSON writes the parcel onto the end of b, as the store keeps it and as
// readers are told it: a member that must not leave the station does not belong
// into a Parcel (see Recipient). It reads back with encoding/json.
func (p *Parcel) AppendJSON(b []byte) []byte {
	b = appendjson.String(append(b, `{"id":`...), p.ID)
	b = appendjson.String(append(b, `,"state":`...), string(p.State))
	b = appendjson.String(append(b, `,"label":`...), p.Label)
	b = appendjson.Strings(b, `,"labels":`, p.Labels)
	b = appendjson.Optional(b, `,"order_id":`, p.OrderID)
	b = appendjson.Optional(b, `,"direction":`, string(p.Direction))
	b = appendjson.Optional(b, `,"case":`, p.Case)
	b = appendjson.Optional(b, `,"exchange_of":`, p.ExchangeOf)
	b = appendjson.Flag(b, `,"unannounced":true`, p.Unannounced)
	b = appendjson.Optional(b, `,"announced_by":`, p.AnnouncedBy)
	b = appendjson.Optional(b, `,"was":`, p.Was)
	b = appendMeasures(b, p.Dimensions, p.KeepUpright, p.WeightG, p.Accessible)
	b = appendjson.Flag(b, `,"valuable":true`, p.Valuable)
	b = appendjson.Flag(b, `,"rotating":true`, p.Rotating)
	b = strconv.AppendInt(append(b, `,"pickup_hours":`...), int64(p.PickupHours), 10)
	b = appendjson.Optional(b, `,"compartment":`, p.Compartment)
	b = appendjson.Time(b, `,"deadline":`, p.Deadline)
	if s := p.Paused; s != nil {
		b = appendjson.Time(b, `,"paused":{"since":`, &s.Since)
		b = appendjson.String(append(b, `,"reason":`...), s.Reason)
		b = append(appendjson.Time(b, `,"until":`, s.Until), '}')
	}
	b = appendNumber(b, `,"extensions":`, p.Extensions)
	b = appendNumber(b, `,"extended_hours":`, p.ExtendedHours)
	b = appendjson.Time(b, `,"noticed_at":`, p.NoticedAt)
	b = appendjson.Flag(b, `,"to_check":true`, p.ToCheck)
	if h := p.OnHold; h != nil {
		b = appendjson.Time(b, `,"on_hold":{"since":`, &h.Since)
		b = appendjson.Optional(b, `,"kind":`, h.Kind)
		b = appendjson.Optional(b, `,"reason":`, h.Reason)
		b = append(appendjson.Flag(b, `,"centre":true`, h.Centre), '}')
	}
	if d := p.Disputed; d != nil {
		b = appendjson.Time(b, `,"disputed":{"since":`, &d.Since)
		b = appendjson.String(append(b, `,"case":`...), d.Case)
		b = append(appendjson.String(append(b, `,"kind":`...), d.Kind), '}')
	}
	if l := p.Leaving; l != nil {
		b = appendjson.Time(b, `,"leaving":{"since":`, &l.Since)
		b = appendjson.String(append(b, `,"why":`...), l.Why)
		b = appendjson.Optional(b, `,"to":`, l.To)
		b = appendjson.Optional(b, `,"to_name":`, l.Name)
		b = appendjson.Optional(b, `,"reason":`, l.Reason)
		b = append(appendjson.Flag(b, `,"centre":true`, l.Centre), '}')
	}
	b = appendjson.Optional(b, `,"shelf":`, p.Shelf)
	b = appendjson.Time(b, `,"rescue_until":`, p.RescueUntil)
	if c := p.Code; c != nil {
		b = appendjson.Time(b, `,"code_state":{"since":`, &c.Since)
		b = appendjson.Flag(b, `,"revoked":true`, c.Revoked)
		for i := range c.Reissued {
			before := `,`
			if i == 0 {
				before = `,"reissued":[`
			}
			b = appendjson.Time(b, before, &c.Reissued[i])
		}
		if len(c.Reissued) > 0 {
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	b = appendjson.Optional(b, `,"by":`, p.By)
	b = appendjson.Optional(b, `,"failed_reason":`, p.FailedReason)
	b = appendjson.Time(b, `,"announced_at":`, &p.AnnouncedAt)
	b = appendjson.Time(b, `,"stored_at":`, p.StoredAt)
	b = appendjson.Time(b, `,"counter_at":`, p.CounterAt)
	b = appendjson.Time(b, `,"ended_at":`, p.EndedAt)
	b = strconv.AppendInt(append(b, `,"rev":`...), p.Rev, 10)
	return append(b, '}')
}

// AppendJSON writes the fact's public data onto the end of b; it reads back with
// encoding/json.
func (f *ParcelAnnounced) AppendJSON(b []byte) []byte {
	b = appendjson.String(append(b, `{"parcel_id":`...), f.ParcelID)
	b = appendjson.Optional(b, `,"order_id":`, f.OrderID)
	b = appendjson.Optional(b, `,"label":`, f.Label)
	b = appendjson.Strings(b, `,"labels":`, f.Labels)
	b = appendjson.Optional(b, `,"direction":`, string(f.Direction))
	b = appendjson.Optional(b, `,"case":`, f.Case)
	b = appendjson.Optional(b, `,"exchange_of":`, f.ExchangeOf)
	b = appendjson.Flag(b, `,"unannounced":true`, f.Unannounced)
	b = appendjson.Optional(b, `,"announced_by":`, f.AnnouncedBy)
	b = appendMeasures(b, f.Dimensions, f.KeepUpright, f.WeightG, f.Accessible)
	b = appendjson.Flag(b, `,"valuable":true`, f.Valuable)
	b = appendjson.Flag(b, `,"rotating":true`, f.Rotating)
	b = strconv.AppendInt(append(b, `,"pickup_hours":`...), int64(f.PickupHours), 10)
	b = appendjson.Time(b, `,"deadline":`, f.Deadline)
	return append(b, '}')
}

func appendNumber(b []byte, before string, n int) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendInt(append(b, before...), int64(n), 10)
}

// appendMeasures writes what is known of a parcel's body.
func appendMeasures(b []byte, d *wall.Dimensions, keepUpright bool, weightG int, accessible bool) []byte {
	if d != nil {
		b = strconv.AppendInt(append(b, `,"dimensions_mm":{"length":`...), int64(d.Length), 10)
		b = strconv.AppendInt(append(b, `,"width":`...), int64(d.Width), 10)
		b = strconv.AppendInt(append(b, `,"height":`...), int64(d.Height), 10)
		b = append(b, '}')
	}
	b = appendjson.Flag(b, `,"keep_upright":true`, keepUpright)
	if weightG != 0 {
		b = strconv.AppendInt(append(b, `,"weight_g":`...), int64(weightG), 10)
	}
	return appendjson.Flag(b, `,"accessible":true`, accessible)
}
