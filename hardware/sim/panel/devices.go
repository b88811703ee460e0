package panel

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"cubby/hardware/sim"
	"cubby/hardware/sim/paper"
)

// Badge is the body of POST /badge.
type Badge struct {
	UID    string `json:"uid"`     // the card's number in hexadecimal
	HoldMS int64  `json:"hold_ms"` // how long it lies on the reader; 0 is 500 ms

	Terminal string `json:"terminal,omitempty"` // on whose reader; empty: the kiosk's
}

// Paper is what has come out of a printer, as JSON.
type Paper struct {
	Pieces []paper.Piece `json:"pieces"`
}

func (p panel) history(w http.ResponseWriter, r *http.Request) {
	changes, err := p.site.History(r.PathValue("number"))
	answer(w, changes, err)
}

// script plays a script: what has no time in it at once.
func (p panel) script(w http.ResponseWriter, r *http.Request) {
	if err := p.site.ReadFaults(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	answer(w, p.site.Faults(), nil)
}

func (p panel) badge(w http.ResponseWriter, r *http.Request) {
	var body Badge
	if !read(w, r, &body) {
		return
	}
	if body.HoldMS == 0 {
		body.HoldMS = 500
	}
	answer(w, body, p.site.HoldBadgeAt(body.Terminal, body.UID, time.Duration(body.HoldMS)*time.Millisecond))
}

func (p panel) climate(w http.ResponseWriter, r *http.Request) {
	body := sim.Weather{HumidityPct: 50}
	if !read(w, r, &body) {
		return
	}
	err := p.site.SetWeather(body)
	answer(w, p.site.Weather(), err)
}

// paper shows what has come out of a printer: as JSON, or with the ending .txt
// or .png as text or as a picture.
func (p panel) paper(w http.ResponseWriter, r *http.Request) {
	name, form, _ := strings.Cut(r.PathValue("printer"), ".")
	roll, err := p.site.Paper(name)
	if err != nil {
		answer(w, nil, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	switch form {
	case "txt":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprint(w, roll.Text()) // a client that has gone needs no answer
	case "png":
		picture, err := roll.PNG()
		if errors.Is(err, paper.ErrNothing) {
			refuse(w, http.StatusNotFound, err.Error())
			return
		}
		if err != nil {
			answer(w, nil, err)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture)
	case "":
		answer(w, Paper{roll.Pieces()}, nil)
	default:
		refuse(w, http.StatusNotFound, "paper comes as JSON, .txt or .png")
	}
}

func (p panel) tearOff(w http.ResponseWriter, r *http.Request) {
	roll, err := p.site.Paper(r.PathValue("printer"))
	if err != nil {
		answer(w, nil, err)
		return
	}
	roll.TearOff()
	answer(w, Paper{roll.Pieces()}, nil)
}

// camera gives a picture, as a camera in the network does: GET /camera/counter.jpg.
func (p panel) camera(w http.ResponseWriter, r *http.Request) {
	shot, err := p.site.Snapshot(r.Context(), strings.TrimSuffix(r.PathValue("name"), ".jpg"))
	if err != nil {
		answer(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", shot.Type)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(shot.Status)
	for range shot.Repeat {
		if _, err := w.Write(shot.Data); err != nil {
			return // nobody listens any more
		}
	}
}
