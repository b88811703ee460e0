package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money/format"
	"cubby/sync/hub"
)

// orders lists them, the newest first.
func orders(v *visit) error {
	f := hub.OrderFilter{Text: v.query("q"), After: v.query("after"), Limit: perPage}
	all, next, err := v.hub.Orders(v.r.Context(), f)
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "orders", map[string]any{"Orders": all, "More": v.more(next), "Filter": f})
	return nil
}

// order shows one with its lines, leases, and what came back where.
func order(v *visit) error {
	o, err := v.hub.Order(v.r.Context(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "order", map[string]any{"O": o, "Stations": stations, "Names": namesOf(stations)})
	return nil
}

// changeOrder cancels an order, or gives the lease of a line to a station.
func changeOrder(v *visit) error {
	ctx, id, what := v.r.Context(), v.r.PathValue("id"), v.r.PathValue("what")
	var err error
	switch what {
	case "cancel":
		err = v.hub.CancelOrder(ctx, v.by(), id)
	case "lease":
		err = v.hub.GrantLease(ctx, v.by(), id, v.field("line"), v.field("station"))
	default:
		return notFound(v)
	}
	if err != nil {
		return err
	}
	return v.done(at("orders", id), note{Word: "order.done." + what, Gaps: []any{"id", id}})
}

// newOrder shows the form of a test order.
func newOrder(v *visit) error {
	return v.orderForm(http.StatusOK, map[string]any{"Typed": map[string]string{
		"id": "T-" + strings.ToUpper(random()[:6]), "shop": "demo", "currency": "EUR",
		"quantity": "1", "title": "Mug", "sku": "MUG-1", "price": "19.90",
	}})
}

func (v *visit) orderForm(status int, data map[string]any) error {
	all, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	data["Stations"] = all
	v.show(status, "order-new", data)
	return nil
}

// putOrder places an order, from the form's fields or from JSON that was pasted.
func putOrder(v *visit) error {
	id, body := v.field("id"), json.RawMessage(v.r.PostForm.Get("json"))
	var err error
	if strings.TrimSpace(string(body)) == "" {
		body, err = v.orderBody()
	}
	var stations []string
	if s := v.field("station"); s != "" {
		stations = []string{s}
	}
	if err == nil {
		err = v.hub.PutOrder(v.r.Context(), v.by(), id, body, stations)
	}
	if err != nil {
		return v.retry(err, func(data map[string]any) error {
			return v.orderForm(http.StatusUnprocessableEntity, data)
		})
	}
	return v.done(at("orders", id), note{Word: "order.done.put", Gaps: []any{"id", id}})
}

// orderBody makes an order with one line of what was typed: paid, and delivered today.
func (v *visit) orderBody() (json.RawMessage, error) {
	currency := strings.ToUpper(v.field("currency"))
	price, ok := minorUnits(v.field("price"), currency)
	quantity, err := strconv.Atoi(v.field("quantity"))
	if err != nil || quantity < 1 {
		return nil, ledger.Refuse(ledger.Invalid, "not-a-number", "%s", v.book.say("error.number",
			"name", v.book.say("order.quantity"))).At("/quantity")
	}
	if !ok {
		return nil, ledger.Refuse(ledger.Invalid, "not-an-amount", "%s", v.book.say("error.amount",
			"name", v.book.say("order.price"))).At("/price")
	}
	now := v.o.Now().UTC().Truncate(time.Second)
	body := map[string]any{
		"shop": v.field("shop"), "currency": currency, "channel": "online", "ordered": now, "delivered": now,
		"lines": []any{map[string]any{"id": "1", "sku": v.field("sku"), "title": v.field("title"),
			"quantity": quantity, "unit_price": price}},
		"tenders": []any{map[string]any{"id": "t1", "kind": "card", "amount": price * int64(quantity),
			"reference": "test"}},
	}
	if receipt := v.field("receipt"); receipt != "" {
		body["receipt"] = receipt
	}
	return json.Marshal(body)
}

// minorUnits reads an amount as "19.90" or "1990".
func minorUnits(text, currency string) (int64, bool) {
	digits, known := format.Digits(currency)
	whole, part, _ := strings.Cut(strings.ReplaceAll(text, ",", "."), ".")
	if !known || len(part) > digits || whole == "" || len(whole) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+part+strings.Repeat("0", digits-len(part)), 10, 62)
	return int64(n), err == nil
}

// returnStates are what the filter offers.
var returnStates = []string{"requested", "authorised", "declined", "dropped_off", "inspecting", "decided",
	"settling", "settle_failed", "closed", "cancelled", "expired"}

// returned lists returns: those that wait for an answer, and the others.
func returned(v *visit) error {
	ctx := v.r.Context()
	waiting, _, err := v.hub.Returns(ctx, hub.ReturnFilter{Waiting: true, Limit: 100})
	if err != nil {
		return err
	}
	f := hub.ReturnFilter{Station: v.query("station"), State: v.query("state"), After: v.query("after"),
		Limit: perPage}
	all, next, err := v.hub.Returns(ctx, f)
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(ctx)
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "returns", map[string]any{"Waiting": waiting, "Returns": all, "More": v.more(next),
		"Filter": f, "Stations": stations, "Names": namesOf(stations), "States": returnStates})
	return nil
}

// oneReturn shows what comes back, and asks for the answer where one is waited for.
func oneReturn(v *visit) error {
	ctx := v.r.Context()
	s, err := v.hub.Station(ctx, v.r.PathValue("station"))
	if err != nil {
		return err
	}
	r, err := v.hub.Return(ctx, s.ID, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "return", map[string]any{"S": s, "R": r, "Names": map[string]string{s.ID: s.Name}})
	return nil
}

// answerReturn agrees to a return or declines it.
func answerReturn(v *visit) error {
	station, id, what := v.r.PathValue("station"), v.r.PathValue("id"), v.r.PathValue("what")
	if what != "agree" && what != "decline" {
		return notFound(v)
	}
	err := v.hub.AnswerReturn(v.r.Context(), v.by(), station, id, what == "agree", v.field("reason"))
	if err != nil {
		return err
	}
	return v.done(at("stations", station, "returns", id), note{Word: "return.done." + what, Gaps: []any{"id", id}})
}

// refunds lists them; those that wait for somebody unless others are asked for.
func refunds(v *visit) error {
	f := hub.RefundFilter{Station: v.query("station"), State: v.query("state"), After: v.query("after"),
		Limit: perPage}
	if !v.r.URL.Query().Has("state") {
		f.State = "waiting"
	}
	all, next, err := v.hub.Refunds(v.r.Context(), f)
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "refunds", map[string]any{"Refunds": all, "More": v.more(next), "Filter": f,
		"Stations": stations, "Names": namesOf(stations),
		"States": []string{"waiting", "pending", "approved", "completed", "failed", "replaced"}})
	return nil
}

// settle says what has become of a refund.
func settle(v *visit) error {
	station, id, state := v.r.PathValue("station"), v.r.PathValue("id"), v.field("state")
	if err := v.hub.SettleRefund(v.r.Context(), v.by(), station, id, state, v.field("reference")); err != nil {
		return err
	}
	return v.done("/refunds", note{Word: "refund.done", Gaps: []any{"id", id, "state", v.book.word("refund", state)}})
}

// messages lists what was written to customers, without to whom.
func messages(v *visit) error {
	f := hub.MessageFilter{Station: v.query("station"), State: v.query("state"), After: v.query("after"),
		Limit: perPage}
	all, next, err := v.hub.Messages(v.r.Context(), f)
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	rows := make([]messageRow, len(all))
	for i, m := range all {
		what, about, _ := strings.Cut(m.Subject, "/")
		rows[i] = messageRow{m, linkOf(m.Station, m.Subject), what, about, fmt.Sprint(m.Kind), fmt.Sprint(m.State)}
	}
	v.show(http.StatusOK, "messages", map[string]any{"Messages": rows, "More": v.more(next), "Filter": f,
		"Stations": stations, "Names": namesOf(stations),
		"States": []string{"waiting", "held", "sending", "sent", "failed", "dropped"}})
	return nil
}

// A messageRow is a message with the page of what it is about.
type messageRow struct {
	hub.Message
	Link            string
	What, About     string // parcels, its id
	KindIs, StateIs string
}
