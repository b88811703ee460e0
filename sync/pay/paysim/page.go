package paysim

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"net/http"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A leaf is what the page shows.
type leaf struct {
	Payment
	Money    string
	Terminal bool
	Empty    bool // the terminal has nothing to do
	Again    bool // the page draws itself anew
}

// pages serves what customers see: no script, nothing from elsewhere.
func (p *Provider) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /p/{token}", func(w http.ResponseWriter, r *http.Request) {
		o, ok := p.byToken(r.PathValue("token"))
		if !ok {
			http.Error(w, "there is no such payment", http.StatusNotFound)
			return
		}
		draw(w, leaf{Payment: o, Again: o.Status == "processing"})
	})
	mux.HandleFunc("POST /p/{token}", func(w http.ResponseWriter, r *http.Request) {
		if o, ok := p.byToken(r.PathValue("token")); ok {
			p.press(w, r, o.Reference, r.URL.Path)
			return
		}
		http.Error(w, "there is no such payment", http.StatusNotFound)
	})
	mux.HandleFunc("GET /terminal", func(w http.ResponseWriter, _ *http.Request) {
		o, ok := p.onTerminal()
		draw(w, leaf{Payment: o, Terminal: true, Empty: !ok, Again: !ok || o.Status == "processing"})
	})
	mux.HandleFunc("POST /terminal", func(w http.ResponseWriter, r *http.Request) {
		o, _ := p.onTerminal()
		p.press(w, r, o.Reference, r.URL.Path)
	})
}

// press is a button of the page. Whoever goes away has pressed none.
func (p *Provider) press(w http.ResponseWriter, r *http.Request, reference, back string) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyBytes)
	switch r.PostFormValue("do") {
	case "pay":
		_ = p.Pay(reference, false) // the page says how the payment is
	case "decline":
		_ = p.Pay(reference, true)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func draw(w http.ResponseWriter, l leaf) {
	l.Money = amount(l.Amount, l.Currency)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
	_ = page.Execute(w, l) // the browser has gone
}

// amount is an amount as the page writes it.
func amount(minor int64, currency string) string {
	switch currency {
	case "JPY", "KRW", "CLP", "VND":
		return fmt.Sprintf("%d %s", minor, currency)
	case "BHD", "KWD", "OMR", "TND", "JOD":
		return fmt.Sprintf("%d.%03d %s", minor/1000, minor%1000, currency)
	}
	return fmt.Sprintf("%d.%02d %s", minor/100, minor%100, currency)
}

func (p *Provider) byToken(token string) (Payment, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.payments {
		if o.token == token && !o.terminal {
			p.look(o)
			return *o, true
		}
	}
	return Payment{}, false
}

func (p *Provider) onTerminal() (Payment, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.busy(); o != nil {
		return *o, true
	}
	return Payment{}, false
}
