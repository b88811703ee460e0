package shoptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// What the shop has of an order.
type (
	// An Order is one.
	Order struct {
		ID, Code, State string
		TotalWithTax    int64
		Lines           []struct {
			ID             string
			Quantity       int
			ProductVariant struct{ SKU string }
		}
		Payments []struct {
			ID      string
			Amount  int64
			Refunds []struct {
				ID, State, Reason, TransactionID string
				Total                            int64
			}
		}
		Fulfillments []struct{ ID, State, Method, TrackingCode string }
		History      struct {
			Items []struct {
				Type string
				Data struct{ Note, Reason string }
			}
		}
	}
	// A Level is how many of an article are at a location.
	Level struct{ OnHand, Allocated int }
)

// ask posts a query to an address. session is the token of whoever asks, and becomes the
// one that the shop gives.
func (s *Shop) ask(at string, session *string, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if *session != "" {
		r.Header.Set("Authorization", "Bearer "+*session)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if token := a.Header.Get("vendure-auth-token"); token != "" {
		*session = token
	}
	var reply struct {
		Data   map[string]json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(a.Body).Decode(&reply); err != nil {
		return err
	}
	if len(reply.Errors) > 0 {
		return fmt.Errorf("the shop says %s", reply.Errors[0].Message)
	}
	for _, one := range reply.Data {
		var refused struct{ ErrorCode, Message string }
		if json.Unmarshal(one, &refused) == nil && refused.ErrorCode != "" {
			return fmt.Errorf("the shop refuses: %s %s", refused.ErrorCode, refused.Message)
		}
		return json.Unmarshal(one, into)
	}
	return nil
}

// An Article is what somebody buys.
type Article struct {
	SKU      string
	Quantity int
}

// Buy has a customer order articles by the shop API, to be picked up at a station, and pay
// for them.
func (s *Shop) Buy(station string, articles ...Article) Order {
	s.t.Helper()
	var session string
	do := func(query string, variables map[string]any, into any) {
		s.t.Helper()
		if err := s.ask(s.shop, &session, query, variables, into); err != nil {
			s.t.Fatal(err)
		}
	}
	const errs = " __typename ... on ErrorResult { errorCode message } "
	var ignored json.RawMessage
	var found struct {
		Items []struct{ Variants []struct{ ID, SKU string } }
	}
	do(`{ products { items { variants { id sku } } } }`, nil, &found)
	for _, a := range articles {
		for _, p := range found.Items {
			for _, v := range p.Variants {
				if v.SKU == a.SKU {
					do(`mutation($id: ID!, $n: Int!) {
						addItemToOrder(productVariantId: $id, quantity: $n) {`+errs+`} }`,
						map[string]any{"id": v.ID, "n": a.Quantity}, &ignored)
				}
			}
		}
	}
	do(`mutation { setCustomerForOrder(input: { firstName: "Zebedee", lastName: "Marker",
		emailAddress: "zebedee.marker@example.org", phoneNumber: "+49 170 5550123" }) {`+errs+`} }`, nil, &ignored)
	do(`mutation { setOrderShippingAddress(input: { fullName: "Zebedee Marker", streetLine1: "Road 1", city: "Town",
		postalCode: "10115", countryCode: "DE" }) {`+errs+`} }`, nil, &ignored)
	var methods []struct{ ID, Code string }
	do(`{ eligibleShippingMethods { id code } }`, nil, &methods)
	for _, m := range methods {
		if m.Code == station {
			do(`mutation($id: [ID!]!) { setOrderShippingMethod(shippingMethodId: $id) {`+errs+`} }`,
				map[string]any{"id": []string{m.ID}}, &ignored)
		}
	}
	do(`mutation { transitionOrderToState(state: "ArrangingPayment") {`+errs+`} }`, nil, &ignored)
	var o Order
	do(`mutation { addPaymentToOrder(input: { method: "card", metadata: {} }) {`+errs+`
		... on Order { id } } }`, nil, &o)
	return s.Order(o.ID)
}

// Do has the administrator do something.
func (s *Shop) Do(query string, variables map[string]any, into any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == "" {
		var ignored json.RawMessage
		if err := s.ask(s.Admin,
			&s.session, `mutation($u: String!, $p: String!) { login(username: $u, password: $p) {
			__typename ... on ErrorResult { errorCode message } } }`,
			map[string]any{"u": mayAll, "p": password}, &ignored); err != nil {
			return err
		}
	}
	return s.ask(s.Admin, &s.session, query, variables, into)
}

// Order reads one.
func (s *Shop) Order(id string) (o Order) {
	s.t.Helper()
	if err := s.Do(`query($id: ID!) { order(id: $id) { id code state totalWithTax
		lines { id quantity productVariant { sku } }
		payments { id amount refunds { id state reason transactionId total } }
		fulfillments { id state method trackingCode } history { items { type data } } } }`,
		map[string]any{"id": id}, &o); err != nil {
		s.t.Fatal(err)
	}
	return o
}

// Cancel has the administrator cancel a whole order.
func (s *Shop) Cancel(id string) {
	s.t.Helper()
	var o Order
	if err := s.Do(`mutation($id: ID!) { cancelOrder(input: { orderId: $id, reason: "changed their mind",
		cancelShipping: true }) { __typename ... on Order { id state } ... on ErrorResult { errorCode message } } }`,
		map[string]any{"id": id}, &o); err != nil {
		s.t.Fatal(err)
	}
}

// Stock is how many of an article are at a station.
func (s *Shop) Stock(station, sku string) (l Level) {
	s.t.Helper()
	var all struct {
		Items []struct {
			SKU         string
			StockLevels []struct {
				StockOnHand, StockAllocated int
				StockLocation               struct{ Name string }
			}
		}
	}
	if err := s.Do(`{ productVariants { items { sku stockLevels { stockOnHand stockAllocated
		stockLocation { name } } } } }`, nil, &all); err != nil {
		s.t.Fatal(err)
	}
	for _, v := range all.Items {
		for _, at := range v.StockLevels {
			if v.SKU == sku && at.StockLocation.Name == station {
				l = Level{at.StockOnHand, at.StockAllocated}
			}
		}
	}
	return l
}
