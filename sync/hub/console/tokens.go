package console

import (
	"html/template"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/hub"
)

// usualDays is how many days a code is good for when nobody says another number.
const usualDays = int(hub.TokenUsual / (24 * time.Hour))

// codes shows the pickup codes that were made ahead for a station.
func codes(v *visit, status int, more map[string]any) error {
	ctx, id := v.r.Context(), v.r.PathValue("station")
	s, err := v.hub.Station(ctx, id)
	if err != nil {
		return err
	}
	page, next, err := v.hub.Tokens(ctx, hub.TokenFilter{Station: id, After: v.query("after"), Limit: perPage})
	if err != nil {
		return err
	}
	v.show(status, "tokens", with(map[string]any{"S": s, "Codes": page, "More": v.more(next), "Days": usualDays},
		more))
	return nil
}

// makeToken makes a code for a label, or for a parcel. It is drawn on the next page, once.
func makeToken(v *visit) error {
	station, id := v.r.PathValue("station"), v.field("parcel")
	n := hub.NewToken{Parcel: id, Label: v.field("label")}
	days, err := strconv.Atoi(v.field("days"))
	if err != nil {
		err = ledger.Refuse(ledger.Invalid, "not-a-number", "%s", v.book.say("error.number",
			"name", v.book.say("ahead.days"))).At("/days")
	}
	var made hub.Token
	var text string
	if err == nil {
		n.Until = v.o.Now().Add(time.Duration(min(max(days, -1), 1000)) * 24 * time.Hour)
		made, text, err = v.hub.MakeToken(v.r.Context(), v.by(), station, n)
	}
	if err != nil {
		if id != "" {
			return err
		}
		return v.again(err, codes)
	}
	drawn, err := hub.Draw(text)
	if err != nil {
		return err
	}
	return v.done(tokensAt(station, id), note{
		Word: "ahead.done.made", Gaps: []any{"label", made.Label}, Secrets: []secret{{"ahead.text", text}},
		Drawn: template.HTML(drawn.SVG), // of squares alone
	})
}

// takeTokenBack has the station open nothing for a code any more.
func takeTokenBack(v *visit) error {
	station := v.r.PathValue("station")
	if err := v.hub.DenyToken(v.r.Context(), v.by(), station, v.r.PathValue("id")); err != nil {
		return err
	}
	return v.done(tokensAt(station, v.field("parcel")), note{Word: "ahead.done.back"})
}

// tokensAt is the page from which a code was made or taken back.
func tokensAt(station, parcel string) string {
	if parcel != "" {
		return at("stations", station, "parcels", parcel)
	}
	return at("stations", station, "tokens")
}
