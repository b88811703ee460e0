package console

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"cubby/sync/hub"
	"cubby/sync/sse"
)

// headerLive marks requests that a page makes by itself: they keep nobody signed in.
const headerLive = "Cubby-Live"

// Times of a stream.
const (
	comeBack  = 3 * time.Second
	keepAlive = 15 * time.Second
)

// A liveFact is a fact as the script gets it.
type liveFact struct {
	N       int64  `json:"n"`
	At      string `json:"at"`
	Station string `json:"station"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Text    string `json:"text"`
	Link    string `json:"link"`
}

// live streams the facts that come in, as server-sent events.
func live(v *visit) error {
	if v.query("ask") != "" { // only whether somebody is signed in
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	select {
	case v.lives <- struct{}{}:
		defer func() { <-v.lives }()
	default:
		v.w.Header().Set("Retry-After", "30")
		http.Error(v.w, v.book.say("error.busy"), http.StatusServiceUnavailable)
		return nil
	}
	after, err := v.liveFrom()
	if err != nil {
		return err
	}
	out := http.NewResponseController(v.w)
	out.SetWriteDeadline(time.Time{})
	v.w.Header().Set("Content-Type", sse.ContentType)
	v.w.Write([]byte(sse.Begin(comeBack)))
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		heard := v.hub.Heard() // before reading, so that nothing falls between
		facts, err := v.hub.Facts(v.r.Context(), hub.FactFilter{Station: v.query("station"), After: after,
			Ascending: true, Limit: 100})
		if err != nil {
			return nil // the reader has gone, or comes back
		}
		names := v.stationNames(facts)
		for _, f := range facts {
			after = f.N
			text, err := json.Marshal(v.liveFact(f, names))
			if err != nil {
				return nil
			}
			m := sse.Message{ID: strconv.FormatInt(f.N, 10), Event: "fact", Data: text}
			if _, err := v.w.Write(m.Append(nil)); err != nil {
				return nil
			}
		}
		if out.Flush() != nil {
			return nil
		}
		if len(facts) == 100 {
			continue
		}
		select {
		case <-heard:
		case <-v.r.Context().Done():
			return nil
		case <-v.o.Done:
			return nil
		case <-tick.C:
			_, known := v.seats.of(v.cookie, false)
			if still, err := v.stillUser(); !known || !still || err != nil {
				return nil // the script comes back and is told
			}
			if _, err := v.w.Write([]byte(sse.KeepAlive)); err != nil {
				return nil
			}
		}
	}
}

// liveFrom is the fact behind which a stream begins.
func (v *visit) liveFrom() (int64, error) {
	for _, text := range []string{v.r.Header.Get("Last-Event-ID"), v.query("after")} {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
			return n, nil
		}
	}
	return v.newest()
}

// newest is the number of the newest fact there is.
func (v *visit) newest() (int64, error) {
	facts, err := v.hub.Facts(v.r.Context(), hub.FactFilter{Before: 1<<63 - 1, Limit: 1})
	if err != nil || len(facts) == 0 {
		return 0, err
	}
	return facts[0].N, nil
}

func (v *visit) liveFact(f hub.Fact, names map[string]string) liveFact {
	return liveFact{N: f.N, At: f.Happened.Local().Format("15:04:05"), Station: f.Station,
		Name: names[f.Station], Type: f.Type, Text: v.sentence(f), Link: linkOf(f.Station, f.Subject)}
}

// stationNames are those of the stations of some facts.
func (v *visit) stationNames(facts []hub.Fact) map[string]string {
	names := map[string]string{}
	for _, f := range facts {
		if names[f.Station] == "" {
			names[f.Station] = f.Station
			if s, err := v.hub.Station(v.r.Context(), f.Station); err == nil {
				names[f.Station] = s.Name
			}
		}
	}
	return names
}
