package story

import (
	"maps"
	"slices"
)

// A telling says how a type of fact is told. Its sentence is story.TYPE, in
// assets/lang/*/story.json.
type telling struct {
	// person: it is what a person did, who is named by the visit when hardware or a
	// screen has reported it. Else it is told of nobody but of who is named in it.
	person bool
	// when: only these are told; nil: all.
	when func(data) bool
}

// told are the facts that stories tell. Every other is in untold.
var told = map[string]telling{
	"parcel.announced":          {},
	"parcel.changed":            {},
	"parcel.deadline_moved":     {},
	"parcel.clock_paused":       {},
	"parcel.clock_resumed":      {},
	"parcel.extended":           {},
	"parcel.recipient_notified": {},
	"parcel.cancelled":          {},
	"parcel.booked":             {person: true},
	"parcel.stored":             {person: true},
	"parcel.deposit_failed":     {person: true},
	"parcel.receipt_ordered":    {person: true},
	"parcel.receipt_ended": {when: func(d data) bool {
		return d.Result == "lost" || d.Result == "refused"
	}},
	"parcel.renamed":           {},
	"parcel.token_used":        {},
	"parcel.factor_tried":      {},
	"parcel.factor_shown":      {},
	"parcel.pickup_authorised": {},
	"parcel.pickup_refused":    {},
	"parcel.pickup_aborted":    {},
	"parcel.collected":         {person: true},
	"parcel.door_stuck":        {},
	"parcel.disputed":          {},
	"parcel.dispute_ended":     {},
	"parcel.reopened":          {},
	"parcel.expired":           {},
	"parcel.to_check":          {},
	"parcel.still_there":       {person: true},
	"parcel.held":              {},
	"parcel.redirected":        {},
	"parcel.recalled":          {},
	"parcel.stays":             {},
	"parcel.removed":           {person: true},
	"parcel.shelved":           {person: true},
	"parcel.rescue_ended":      {},
	"parcel.released":          {},
	"parcel.code_reissued":     {},
	"parcel.code_revoked":      {},
	"parcel.delegated":         {},
	"parcel.delegation_ended":  {},
	"parcel.counter_held":      {person: true},
	"parcel.handed_over":       {person: true},
	"parcel.bag_stored":        {},
	"parcel.bag_received":      {person: true},
	"parcel.written_off":       {person: true},
	"parcel.recipient_seen":    {person: true},
	"parcel.recipient_erased":  {},
	"centre.change_refused":    {when: func(d data) bool { return d.Parcel != "" }},

	"remote.decided": {when: func(d data) bool { return d.Compartment != "" }},
	// at the hub, which knows who ordered it; a station tells remote.decided
	"remote.command_obeyed": {when: func(d data) bool { return d.OrderedBy != "" && d.Compartment != "" }},

	"desk.opened":       {person: true},
	"opening.ended":     {when: func(d data) bool { return d.Result != "confirmed_open" }},
	"opening.adopted":   {},
	"opening.to_check":  {},
	"opening.abandoned": {when: func(d data) bool { return !d.Elsewhere }},
	"opening.rejoined":  {},

	"door.opened":             {person: true},
	"door.closed":             {person: true},
	"door.forced_open":        {},
	"door.alarm_cleared":      {person: true},
	"door.unknown":            {},
	"door.left_open":          {},
	"door.out_of_service":     {person: true},
	"door.restored":           {person: true},
	"compartment.freed":       {},
	"compartment.quarantined": {},
	"lock.driven":             {},
}

// ofReturn is why facts of returns are untold: what they mean for a bag is told of the bag.
const ofReturn = "of a return, which is no parcel and no door"

// untold are the facts that no story tells, each with the reason.
var untold = map[string]string{
	"refund.approved":     ofReturn,
	"refund.asked":        ofReturn,
	"refund.completed":    ofReturn,
	"refund.failed":       ofReturn,
	"refund.ordered":      ofReturn,
	"return.authorised":   ofReturn,
	"return.bag_dropped":  ofReturn,
	"return.decided":      ofReturn,
	"return.declined":     ofReturn,
	"return.disposed":     ofReturn,
	"return.dropped_off":  ofReturn,
	"return.ended":        ofReturn,
	"return.exchange_set": ofReturn,
	"return.item_added":   ofReturn,
	"return.item_graded":  ofReturn,
	"return.items_added":  ofReturn,
	"return.overridden":   ofReturn,
	"return.packaging":    ofReturn,
	"return.signalled":    ofReturn,
	"return.turned_away":  ofReturn,
	"return.photo_kept":   ofReturn,
	"return.requested":    ofReturn,
	"return.tote_begun":   ofReturn,
	"return.tote_filled":  ofReturn,
	"return.tote_sealed":  ofReturn,

	"neighbour.named": "of people, and of no parcel",
	"neighbour.ended": "of people, and of no parcel",

	"parcel.tokens_forgotten": "of tokens that are long over",
	"parcel.tail_used":        "where it leads is told",

	"parcel.deposit_started": "the door that opens says it",
	"opening.intended": "the door that opens says it, or opening.ended why it did not; it names who " +
		"that is for",
	"door.seen": "a reading that says nothing new",

	"visit.started":         "of a visit, and not of one parcel or door",
	"visit.stepped":         "of a visit, and not of one parcel or door",
	"visit.ended":           "of a visit, and not of one parcel or door",
	"courier.refused":       "of somebody unknown",
	"courier.label_refused": "of a label that belongs to no one parcel",

	"courier.added":          "of an account",
	"courier.removed":        "of an account",
	"staff.added":            "of an account",
	"staff.removed":          "of an account",
	"staff.signed_in":        "of an account",
	"staff.signed_out":       "of an account",
	"staff.refused":          "of somebody unknown",
	"key.added":              "of a client",
	"key.rotated":            "of a client",
	"key.revoked":            "of a client",
	"guard.changed":          "of PINs in general",
	"calendar.kept":          "of the clock",
	"clock.accepted":         "of the clock",
	"help.answered":          "of a screen",
	"parcel.codes_forgotten": "of many parcels",
	"help.asked":             "of a screen",
	"device.changed":         "of a device, which has a page of its own",
	"station.started":        "of the station",

	"order.accepted":           "of an order, which has no story",
	"order.changed":            "of an order, which has no story",
	"order.returned_elsewhere": "of an order, which has no story",
	"order.lease_granted":      "of an order, which has no story",
	"order.cancelled":          "of an order, which has no story",
	"order.customer_erased":    "of an order, which has no story",
	"order.forgotten":          "of an order, which has no story",
	"case.opened":              "parcel.disputed says it, or parcel.door_stuck",
	"case.closed":              "of a case, which has a page of its own",
	"case.forgotten":           "of a case, which has a page of its own",
	"case.renamed":             "of a case, which has a page of its own",
	"customers.kept":           "of a customer, who has no story",
	"customers.consented":      "of a customer, who has no story",
	"customers.withdrew":       "of a customer, who has no story",
	"customers.preferred":      "of a customer, who has no story",
	"customers.used":           "of a customer, who has no story",
	"customers.erased":         "of a customer, who has no story",
	"customers.qr_made":        "of a customer, who has no story",
	"customers.seen":           "of a customer, who has no story",
	"customers.qr_ended":       "of a customer, who has no story",
	"sale.ordered":             "of an order of the shop, which has a page of its own",
	"sale.payment_moved":       "of an order of the shop, which has a page of its own",
	"sale.paid":                "of an order of the shop, which has a page of its own",
	"sale.line_moved":          "of an order of the shop, which has a page of its own",
	"sale.moved":               "of an order of the shop, which has a page of its own",
	"sale.customer_here":       "of an order of the shop, which has a page of its own",
	"sale.needs_staff":         "of an order of the shop, which has a page of its own",
	"parcel.code_promised":     "it opens nothing by itself: what opens the door is told",
	"stock.moved":              "of an article, which has no story",
	"stock.held":               "of an article, which has no story",
	"stock.committed":          "of an article, which has no story",
	"stock.released":           "of an article, which has no story",
	"stock.delivered":          "of an article, which has no story",
	"stock.planned":            "of an article, which has no story",
	"stock.awaited":            "of an article, which has no story",
	"stock.tallied":            "of an article, which has no story",
	"stock.tally_ended":        "of an article, which has no story",
	"stock.task_opened":        "of an article, which has no story",
	"stock.task_closed":        "of an article, which has no story",
	"stock.lease_changed":      "of an article, which has no story",
	"stock.lease_wanted":       "of an article, which has no story",
	"stock.door_stocked":       "of the goods behind a door, which have no story",

	"centre.joined":          "of the line to the centre",
	"centre.left":            "of the line to the centre",
	"centre.epoch_begun":     "of the line to the centre",
	"centre.changes_taken":   "of the line to the centre",
	"centre.fact_set_aside":  "of the line to the centre",
	"centre.policy_kept":     "of the rules of a shop",
	"centre.policy_dropped":  "of the rules of a shop",
	"centre.text_kept":       "of what people are told",
	"centre.station_dropped": "of what people are told",
	"centre.station_kept":    "of what people are told",
	"centre.text_dropped":    "of what people are told",
	"centre.station_named":   "of the station itself",
	"centre.keys_kept":       "of the line to the centre",
	"remote.past_forgotten":  "of the log itself",

	"remote.command_refused": "remote.decided says it, and why",
}

// Told lists the types of facts that stories tell, sorted.
func Told() []string { return slices.Sorted(maps.Keys(told)) }

// Untold says why the other facts are not told, by their types.
func Untold() map[string]string { return maps.Clone(untold) }

// ends are the facts after which a parcel is behind no door any more.
var ends = []string{
	"parcel.collected", "parcel.deposit_failed", "parcel.counter_held", "parcel.written_off",
	"parcel.cancelled", "parcel.removed",
}
