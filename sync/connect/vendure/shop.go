package vendure

import (
	"context"
	"strings"
	"time"
)

// What the shop has, as its admin API tells. Amounts are minor units.
type (
	order struct {
		ID, Code, State string
		OrderPlacedAt   *time.Time
		CurrencyCode    string
		TotalWithTax    int64
		ShippingWithTax int64
		Customer        *struct{ ID, FirstName, LastName, EmailAddress, PhoneNumber string }
		ShippingAddress *struct{ FullName, PhoneNumber, PostalCode, CountryCode string }
		Surcharges      []struct {
			ID, SKU, Description string
			PriceWithTax         int64
		}
		ShippingLines []struct{ ShippingMethod struct{ Code string } }
		Lines         []orderLine
		Payments      []payment
		Fulfillments  []fulfilment
		History       struct{ Items []entry }
	}
	orderLine struct {
		ID                       string
		Quantity                 int
		UnitPriceWithTax         int64
		ProratedLinePriceWithTax int64   // what is paid for the line, all discounts taken off
		TaxRate                  float64 // per cent
		ProductVariant           struct{ SKU, Name string }
	}
	payment struct {
		ID, Method, State, TransactionID string
		Amount                           int64
		Refunds                          []refund
	}
	refund struct {
		ID, State, Reason, TransactionID string
		Total                            int64
	}
	fulfilment struct {
		ID, State string
		Lines     []struct {
			OrderLineID string
			Quantity    int
		}
	}
	entry struct {
		Type string
		Data struct{ Note, Reason string }
	}
)

// States of orders, payments, refunds and fulfilments that mean something here.
const (
	paid      = "PaymentSettled"
	cancelled = "Cancelled"
	settled   = "Settled"
	failed    = "Failed"
	shipped   = "Shipped"
	delivered = "Delivered"
)

// unpaid are states in which a placed order is not paid, or not paid any more.
var unpaid = []string{"PaymentAuthorized", "ArrangingPayment", "Modifying", "ArrangingAdditionalPayment"}

// mostOrders are read with one query.
const mostOrders = 100

// placed reads a page of orders that were placed after a moment, the oldest first, with
// little of each. Order.updatedAt is no cursor: it does not move when an order is paid.
func (c *client) placed(ctx context.Context, after time.Time, skip int) ([]order, error) {
	var a struct{ Orders struct{ Items []order } }
	err := c.ask(ctx, `query($after: DateTime!, $states: [String!], $skip: Int!, $take: Int!) {
		orders(options: { filter: { orderPlacedAt: { after: $after }, state: { in: $states } },
			sort: { orderPlacedAt: ASC, id: ASC }, skip: $skip, take: $take }) {
			items { id code state orderPlacedAt shippingLines { shippingMethod { code } } } } }`,
		map[string]any{
			"after": after.UTC().Format(time.RFC3339Nano), "states": append([]string{paid}, unpaid...),
			"skip": skip, "take": mostOrders,
		}, &a)
	return a.Orders.Items, err
}

// states reads the states of orders by their ids.
func (c *client) states(ctx context.Context, ids []string) (map[string]string, error) {
	var a struct{ Orders struct{ Items []order } }
	err := c.ask(ctx, `query($ids: [String!], $take: Int!) { orders(options: { filter: { id: { in: $ids } },
		take: $take }) { items { id state } } }`, map[string]any{"ids": ids, "take": len(ids)}, &a)
	all := map[string]string{}
	for _, o := range a.Orders.Items {
		all[o.ID] = o.State
	}
	return all, err
}

// order reads all of one; nil: the shop does not have it.
func (c *client) order(ctx context.Context, id string) (*order, error) {
	var a struct{ Order *order }
	err := c.ask(ctx, `query($id: ID!) { order(id: $id) {
		id code state orderPlacedAt currencyCode totalWithTax shippingWithTax
		customer { id firstName lastName emailAddress phoneNumber }
		shippingAddress { fullName phoneNumber postalCode countryCode }
		surcharges { id sku description priceWithTax }
		shippingLines { shippingMethod { code } }
		lines { id quantity unitPriceWithTax proratedLinePriceWithTax taxRate productVariant { sku name } }
		payments { id method state transactionId amount refunds { id state reason transactionId total } }
		fulfillments { id state lines { orderLineId quantity } }
		history(options: { filter: { type: { in: ["ORDER_NOTE", "ORDER_CANCELLATION"] } }, take: 200 }) {
			items { type data } } } }`, map[string]any{"id": id}, &a)
	return a.Order, err
}

type lineInput struct {
	OrderLineID string `json:"orderLineId"`
	Quantity    int    `json:"quantity"`
}

// unfulfilled are the units of an order that are in no fulfilment.
func (o *order) unfulfilled() (rest []lineInput) {
	for _, l := range o.Lines {
		n := l.Quantity
		for _, f := range o.live() {
			for _, of := range f.Lines {
				if of.OrderLineID == l.ID {
					n -= of.Quantity
				}
			}
		}
		if n > 0 {
			rest = append(rest, lineInput{l.ID, n})
		}
	}
	return rest
}

// live are the fulfilments that were not cancelled.
func (o *order) live() (all []fulfilment) {
	for _, f := range o.Fulfillments {
		if f.State != cancelled {
			all = append(all, f)
		}
	}
	return all
}

// said reports whether a note, or a reason of a cancellation, is in the order's history.
func (o *order) said(text string) bool {
	for _, e := range o.History.Items {
		if e.Data.Note == text || e.Data.Reason == text {
			return true
		}
	}
	return false
}

// fulfil says that lines are on their way: method and code tell people where they are.
func (c *client) fulfil(ctx context.Context, lines []lineInput, method, tracking string) error {
	var a struct{ AddFulfillmentToOrder outcome }
	type argument struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	err := c.ask(ctx, `mutation($input: FulfillOrderInput!) { addFulfillmentToOrder(input: $input) { `+fields+`
		... on Fulfillment { id state } ... on CreateFulfillmentError { fulfillmentHandlerError }
		... on FulfillmentStateTransitionError { transitionError } } }`, map[string]any{"input": map[string]any{
		"lines": lines, "handler": map[string]any{"code": "manual-fulfillment", "arguments": []argument{
			{"method", method}, {"trackingCode", tracking}}},
	}}, &a)
	if err == nil {
		err = a.AddFulfillmentToOrder.refused()
	}
	return err
}

// move brings a fulfilment into another state.
func (c *client) move(ctx context.Context, fulfilment, state string) error {
	var a struct{ TransitionFulfillmentToState outcome }
	err := c.ask(ctx,
		`mutation($id: ID!, $state: String!) { transitionFulfillmentToState(id: $id, state: $state) {
		`+fields+` ... on Fulfillment { id state } ... on FulfillmentStateTransitionError { transitionError } } }`,
		map[string]any{"id": fulfilment, "state": state}, &a)
	if err == nil {
		err = a.TransitionFulfillmentToState.refused()
	}
	return err
}

// cancel takes lines of an order back into stock; without lines all of it, which cancels
// the order.
func (c *client) cancel(ctx context.Context, id string, lines []lineInput, reason string) error {
	var a struct{ CancelOrder outcome }
	input := map[string]any{"orderId": id, "reason": reason, "cancelShipping": lines == nil}
	if lines != nil {
		input["lines"] = lines
	}
	err := c.ask(ctx, `mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { `+fields+`
		... on Order { id state } ... on OrderStateTransitionError { transitionError } } }`,
		map[string]any{"input": input}, &a)
	if err == nil {
		err = a.CancelOrder.refused()
	}
	return err
}

// refund has money go back over a payment. Its state is then as the payment's provider
// says; Pending is left to a person.
func (c *client) refund(ctx context.Context, payment string, amount int64, reason string) (refund, error) {
	var a struct{ RefundOrder outcome }
	// lines, shipping and adjustment are deprecated, but without them the shop's own table
	// refuses the row (3.6.3).
	err := c.ask(ctx, `mutation($input: RefundOrderInput!) { refundOrder(input: $input) { `+fields+`
		... on Refund { id state } ... on RefundStateTransitionError { transitionError } } }`,
		map[string]any{"input": map[string]any{"paymentId": payment, "amount": amount, "reason": reason,
			"lines": []lineInput{}, "shipping": 0, "adjustment": 0}}, &a)
	if err == nil {
		err = a.RefundOrder.refused()
	}
	return refund{ID: a.RefundOrder.ID, State: a.RefundOrder.State, Reason: reason, Total: amount}, err
}

// settle marks a refund as paid.
func (c *client) settle(ctx context.Context, id, reference string) error {
	var a struct{ SettleRefund outcome }
	err := c.ask(ctx, `mutation($input: SettleRefundInput!) { settleRefund(input: $input) { `+fields+`
		... on Refund { id state } ... on RefundStateTransitionError { transitionError } } }`,
		map[string]any{"input": map[string]any{"id": id, "transactionId": reference}}, &a)
	if err == nil {
		err = a.SettleRefund.refused()
	}
	return err
}

// note writes a note to an order that customers do not see.
func (c *client) note(ctx context.Context, o *order, text string) error {
	if o.said(text) {
		return nil
	}
	var a struct{ AddNoteToOrder outcome }
	return c.ask(ctx, `mutation($input: AddNoteToOrderInput!) { addNoteToOrder(input: $input) { id } }`,
		map[string]any{"input": map[string]any{"id": o.ID, "note": text, "isPublic": false}}, &a)
}

// language is what the shop's channel speaks, as a BCP 47 tag.
func (c *client) language(ctx context.Context) (string, error) {
	var a struct {
		ActiveChannel struct{ DefaultLanguageCode string }
	}
	err := c.ask(ctx, `{ activeChannel { defaultLanguageCode } }`, nil, &a)
	return strings.ReplaceAll(a.ActiveChannel.DefaultLanguageCode, "_", "-"), err
}
