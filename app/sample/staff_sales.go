package sample

import (
	"time"

	"cubby/locker/view"
)

func priced(minor int64) *view.Message {
	return &view.Message{
		ID: "amount", Money: map[string]view.Money{"Amount": {Minor: minor, Currency: "EUR"}}, Text: "amount",
	}
}

func promised(d time.Duration) *view.Message {
	return &view.Message{ID: "promised", Times: map[string]time.Time{"At": Now.Add(d)}}
}

// joined is one detail of several sentences.
func joined(all ...*view.Message) *view.Message {
	m := &view.Message{}
	for _, one := range all {
		m.Parts = append(m.Parts, *one)
	}
	return m
}

// sales are the pages of what the shop has sold.
func (d desk) sales() {
	sale := func(id, n, way string, ready time.Duration, harm string) view.StaffItem {
		return view.StaffItem{
			Value: "sale " + id, Kind: "sale", Title: *text(id), Harm: harm,
			Detail: joined(say("things", "Count", n), say("way."+way), promised(ready)),
		}
	}
	all := []view.StaffItem{
		sale("S-7K3M-9QPX", "3", "counter", -20*time.Minute, "warning"),
		sale("S-0000-0001", "1", "kerbside", 10*time.Minute, ""),
		sale("S-4Z4Z-8888", "12", "locker_later", time.Hour, ""),
		sale("S-4Z4Z-8889", "1", "locker_now", time.Hour, ""),
		sale("S-4Z4Z-8890", "1", "locker_other", 2*time.Hour, ""),
		sale("S-4Z4Z-8891", "1", "ship_home", 30*time.Hour, ""),
	}
	list := func(name string, items ...view.StaffItem) {
		d.signed(name, view.StepStaffPicking, func(v *view.View, s *view.Staff) {
			s.Items = items
			acts(v, view.ActPick)
		})
	}
	list("staff_picking", all...)
	list("staff_picking-none")
	line := func(id, title, state string, more ...*view.Message) view.StaffItem {
		return view.StaffItem{
			Value: id, Kind: "line", Title: *text(title),
			Detail: joined(append([]*view.Message{say("line_state." + state)}, more...)...),
		}
	}
	long := "Notebook with a cover of linen, ruled, with a ribbon and an elastic band, blue"
	lines := []view.StaffItem{
		line("1", "2 × "+long, "picking", say("lies.on_hand", "Count", "4"),
			say("lies.door", "Door", "14", "Count", "1")),
		line("2", "Green tea", "ready"), line("3", "Soap", "short"), line("4", "Candle", "substitute_offered"),
		line("5", "Cup", "handed_over"), line("6", "Plate", "cancelled"), line("7", "Bowl", "placed"),
	}
	page := func(name, state, way string, items []view.StaffItem, more []view.StaffFact, ops ...string) *Sample {
		return d.signed(name, view.StepStaffSale, func(v *view.View, s *view.Staff) {
			s.Parcel, s.Items, s.Ops = "S-7K3M-9QPX", items, ops
			s.Facts = append([]view.StaffFact{
				fact1("order", text("S-7K3M-9QPX")), fact1("sale_state", say("sale_state."+state)),
				fact1("way", say("way."+way)), fact1("ready", promised(10*time.Minute)),
				fact1("total", priced(4711)),
			}, more...)
			acts(v, view.ActPick, view.ActOp)
		})
	}
	page("staff_sale", "picking", "counter", lines, nil, view.OpParcel)
	page("staff_sale-two", "picking", "counter", lines[:2], nil, view.OpParcel).View.Staff.Said =
		say("sale_picked", "Item", "Green tea")
	for _, way := range []string{"counter", "kerbside", "locker_later", "locker_now"} {
		page("staff_sale-fetched-"+way, "picking", way, lines[1:2],
			[]view.StaffFact{fact1("next", say("next."+way))}, view.OpShelve, view.OpParcel)
	}
	page("staff_sale-cash", "placed", "counter", lines[6:], []view.StaffFact{fact1("to_pay", priced(4711))},
		view.OpSaleCash)
	page("staff_sale-age", "ready", "kerbside", lines[1:2], []view.StaffFact{
		fact1("bay", text("3")), fact1("age", text("18")), fact1("place", text("B2")),
	}, view.OpSaleAge, view.OpParcel)
	page("staff_sale-ready", "ready", "counter", lines[1:2], nil, view.OpHandOver, view.OpParcel)
	for _, state := range []string{"paid", "handed_over"} {
		page("staff_sale-"+state, state, "locker_now", lines[4:5], nil)
	}
	for _, why := range []string{
		"pay_at_counter", "refused", "wrong_money", "long_unknown", "forgotten", "slow_refund", "elsewhere",
		"contradicted",
	} {
		page("staff_sale-money-"+why, "cancelled", "counter", lines[5:6], []view.StaffFact{
			fact1("money", say("money."+why)), fact1("goes_back", priced(4711)),
		}, view.OpSalePaidBack, view.OpSaleBackOnce)
	}
	where := func(name string, items ...view.StaffItem) {
		d.signed(name, view.StepStaffSaleLine, func(v *view.View, s *view.Staff) {
			s.Parcel, s.Items, s.Ops = "S-7K3M-9QPX", items, []string{view.OpSaleShort}
			s.Facts = []view.StaffFact{
				fact1("title", text("2 × "+long)), fact1("gtin", text("04006381333931")),
				fact1("sku", text("CUB-017")), fact1("line_state", say("line_state.picking")),
			}
			acts(v, view.ActPick, view.ActOp)
		})
	}
	from := func(kind, door, n string) view.StaffItem {
		value := kind
		if door != "" {
			value = "door " + door
		}
		return view.StaffItem{Value: value, Kind: kind, Title: *say("lies."+kind, "Door", door, "Count", n)}
	}
	where("staff_sale_line", from("on_hand", "", "4"), from("shelf", "", "2"), from("warehouse", "", "40"),
		from("door", "14", "2"))
	where("staff_sale_line-one", from("on_hand", "", "0"))
}
