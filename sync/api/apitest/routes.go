package apitest

import (
	"cubby/sync/rest"
	"net/http"
	"strings"
)

// Concrete fills the template of a route.
func Concrete(path string) string {
	return strings.NewReplacer("{id}", "P1", "{number}", "1", "{sku}", "TS-M", "{return}", SomeReturn,
		"{item}", "1", "{refund}", "rf-1", "{photo}", "ph-1", "{webhook}", SomeWebhook,
		"{name}", "nobody", "{purpose}", "marketing", "{case}", SomeCase, "{sale}", SomeSale,
		"{product}", "mug", "{gtin}", "4006381333931", "{hash}", SomePicture(), "{file}", "mug.png",
		"{ref}", "D-1", "{count}", "c-1").Replace(path)
}

// BodyFor is a body the rest.Route takes.
func BodyFor(e rest.Route) string {
	switch e.Path {
	case "/v1/parcels/{id}":
		return map[bool]string{true: "{}"}[e.Method == "PUT" || e.Method == "PATCH"]
	case "/v1/payments/notices":
		return `{"data":{"reference":"attempt-0000000001"}}`
	case "/v1/catalogue":
		return map[string]string{"PUT": SomeCatalogue}[e.Method]
	case "/v1/prices":
		return map[string]string{"PUT": SomePrices}[e.Method]
	case "/v1/catalogue/pictures/{file}":
		return string(SomePNG())
	case "/v1/webhooks":
		return map[bool]string{true: `{"url":"https://shop.example/hook"}`}[e.Method == "POST"]
	case "/v1/webhooks/{webhook}":
		return map[bool]string{true: `{"enabled":true}`}[e.Method == "PATCH"]
	case "/v1/orders/{id}":
		return map[string]string{"PUT": SomeOrder, "PATCH": `{"language":"de"}`}[e.Method]
	case "/v1/orders/{id}/returned-elsewhere":
		return `{"line":"1","quantity":1}`
	case "/v1/orders/{id}/leases":
		return `{"line":"1","site":"test","until":"2026-03-10T00:00:00Z"}`
	case "/v1/returns":
		if e.Method == "POST" {
			return `{"order_id":"P1","items":[{"line":"1","quantity":1,"reason":"too_small"}]}`
		}
	case "/v1/returns/{return}/decline":
		return `{"reason":"test"}`
	case "/v1/returns/{return}/items":
		return `{"title":"a scarf","note":"in the same bag"}`
	case "/v1/returns/{return}/exchange":
		return `{"title":"T-shirt, L","settled":true}`
	case "/v1/returns/{return}/items/{item}/grade":
		return `{"result":"like_new"}`
	case "/v1/returns/{return}/items/{item}/decide":
		return `{"decision":"refund_original"}`
	case "/v1/returns/{return}/items/{item}/override":
		return `{"amount":1999,"reason":"test"}`
	case "/v1/refunds/{refund}":
		if e.Method == "POST" {
			return `{"state":"completed"}`
		}
	case "/v1/refunds/{refund}/redirect":
		return `{"kind":"cash"}`
	case "/v1/parcels/{id}/redirection":
		return map[string]string{"POST": `{"to":"there"}`}[e.Method]
	case "/v1/parcels/{id}/shelf":
		return `{"place":"B1"}`
	case "/v1/parcels/{id}/extensions":
		return map[string]string{"POST": `{"amount":150,"currency":"EUR"}`}[e.Method]
	case "/v1/customers":
		return `{"contact":{"phone":"+49 30 1234567"},"channel":"sms","asked":{"through":"kiosk","text":"v1"}}`
	case "/v1/customers/find":
		return `{"contact":{"email":"p1@example.org"}}`
	case "/v1/customers/{id}":
		return map[string]string{"PUT": SomeCustomer}[e.Method]
	case "/v1/parcels/{id}/delegates":
		return map[bool]string{true: `{"contact":{"email":"ben@example.org"}}`}[e.Method == "POST"]
	case "/v1/customers/{id}/neighbours":
		return map[bool]string{
			true: `{"by":"P2","asked":{"through":"shop","text":"v1"},"by_asked":{"through":"desk","text":"v1"}}`,
		}[e.Method == "POST"]
	case "/v1/customers/{id}/preferences":
		return `{"wishes":["more_time"]}`
	case "/v1/customers/{id}/consents":
		return `{"purpose":"marketing","through":"shop","text":"v1"}`
	case "/v1/stock/{sku}/moves":
		return `{"from":"shelf","to":"door","to_door":"1","quantity":1,"cause":"refilled"}`
	case "/v1/stock/{sku}/counts":
		return `{"place":"shelf","counted":3}`
	case "/v1/stock/{sku}/plan":
		return `{"low":2}`
	case "/v1/stock/{sku}/expected/{ref}":
		return `{"quantity":4,"at":"2026-03-10T00:00:00Z"}`
	case "/v1/stock-work/counts/{count}":
		return `{}`
	case "/v1/cases/{case}/close":
		return `{"note":"test"}`
	case "/v1/sales/{sale}/here":
		return `{"bay":"3"}`
	case "/v1/qr":
		return `{"text":"X"}`
	case "/v1/hand-over":
		return `{"code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`
	case "/v1/compartments/{number}/restore", "/v1/compartments/{number}/out-of-service",
		"/v1/compartments/{number}/end-alarm", "/v1/compartments/{number}/open",
		"/v1/parcels/{id}/counter", "/v1/parcels/{id}/hand-over",
		"/v1/parcels/{id}/write-off":
		return `{"reason":"test"}`
	}
	return ""
}

// Named is the header that a route needs which asks for somebody of the staff.
func Named(e rest.Route) []string {
	if e.Naming != rest.IsNamed {
		return nil
	}
	return []string{rest.StaffHeader, "badge of manager"}
}

// typed gives a body of JSON the media type that its route asks for.
func (b *Bench) typed(r *http.Request) {
	for _, e := range b.Server.Routes() {
		if e.Media != "" && r.Header.Get("Content-Type") == "application/json" && e.Method == r.Method &&
			Concrete(e.Path) == r.URL.Path {
			r.Header.Set("Content-Type", e.Media)
		}
	}
}

// Sign adds the bench's key to a request, and somebody of the staff where that is asked.
func (b *Bench) Sign(r *http.Request) {
	b.typed(r)
	if b.Token != "" {
		r.Header.Set("Authorization", "Bearer "+b.Token)
	}
	for _, e := range b.Server.Routes() {
		if named := Named(e); named != nil && e.Method == r.Method && Concrete(e.Path) == r.URL.Path {
			r.Header.Set(named[0], named[1])
		}
	}
}

// Cut drops the number of the occurrence from a problem.
func Cut(problem string) string {
	before, _, _ := strings.Cut(problem, `"instance"`)
	return before
}
