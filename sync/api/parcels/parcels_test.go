package parcels_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/api/apitest"
	"cubby/sync/api/parcels"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

const maxBody = 64 << 10 // bytes, of every request

const whole = `{"label":"1Z9","dimensions_mm":{"length":300,"width":200,"height":120},"keep_upright":true,
 "weight_g":900,
 "recipient":{"name":"Ana \"A\" Ünlü","phone":"+49 1","email":"a@example.org","language":"de"},
 "order_id":"O-1","accessible":true,"pickup_hours":48}`

func TestAParcelIsAnnouncedChangedReadAndCancelled(t *testing.T) {
	b := apitest.New(t)
	made := b.Do("PUT", "/v1/parcels/P-1", whole)
	apitest.Want(t, made, http.StatusCreated, "")
	if made.Header.Get("Location") != "/v1/parcels/P-1" || made.Header.Get("ETag") != `"1"` {
		t.Errorf("answered with %v", made.Header)
	}
	if got := b.Core.Actors[0]; got != "key:all" {
		t.Errorf("recorded as %q", got)
	}
	read := b.Do("GET", "/v1/parcels/P-1", "")
	var p struct {
		parcel.Parcel
		Recipient parcel.Recipient `json:"recipient"`
	}
	if err := json.Unmarshal([]byte(apitest.Want(t, read, http.StatusOK, "")), &p); err != nil {
		t.Fatal(err)
	}
	if p.Recipient.Name != `Ana "A" Ünlü` || p.Dimensions.Width != 200 || !p.KeepUpright ||
		p.WeightG != 900 ||
		p.PickupHours != 48 {
		t.Errorf("read back %+v", p)
	}
	again := b.Do("PUT", "/v1/parcels/P-1", `{"label":"2"}`, "If-Match", read.Header.Get("ETag"))
	apitest.Want(t, again, http.StatusOK, "")
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/cancel", ""), http.StatusOK, "")
	if body := apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/cancel", "{}"), http.StatusOK,
		""); !strings.Contains(
		body, `"cancelled"`) {
		t.Errorf("cancelled twice: %s", body)
	}
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-1/cancel", `{"why":1}`), 422, "unknown-member")
	b.Core.Announced["P-2"] = parcel.Parcel{ID: "P-2", State: parcel.Stored, Label: "x", Rev: 1}
	apitest.Want(t, b.Do("POST", "/v1/parcels/P-2/cancel", ""), http.StatusConflict, "inside-already")
}

func TestARecipientIsErasedOnRequest(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P-1", whole), http.StatusCreated, "")
	read := b.Do("GET", "/v1/parcels/P-1", "")
	apitest.Want(t, b.Do("DELETE", "/v1/parcels/P-1/recipient", "", "If-Match", `"9"`),
		http.StatusPreconditionFailed, "changed-meanwhile")
	for range 2 {
		if body := apitest.Want(t, b.Do("DELETE", "/v1/parcels/P-1/recipient", ""), http.StatusOK,
			""); strings.Contains(
			body, "Ana") {
			t.Errorf("answered with %s", body)
		}
	}
	again := b.Do("GET", "/v1/parcels/P-1", "", "If-None-Match", read.Header.Get("ETag"))
	if body := apitest.Want(t, again, http.StatusOK, ""); strings.Contains(body, "recipient") {
		t.Errorf("still there: %s", body)
	}
	apitest.Want(t, b.Do("DELETE", "/v1/parcels/P-9/recipient", ""), http.StatusNotFound, "no-such-parcel")
}

func TestConditionalRequests(t *testing.T) {
	const exists, absent = "P-1", "P-9" // P-1 is at revision 3
	for _, c := range []struct {
		name, method, id, header, value string
		status                          int
	}{
		{"the present tag", "PUT", exists, "If-Match", `"3"`, 200},
		{"an old tag", "PUT", exists, "If-Match", `"2"`, 412},
		{"the present tag among others", "PUT", exists, "If-Match", `"1", "3"`, 200},
		{"only others", "PUT", exists, "If-Match", `"1", "2"`, 412},
		{"the present tag, but weak", "PUT", exists, "If-Match", `W/"3"`, 412},
		{"a tag with a zero in front", "PUT", exists, "If-Match", `"03"`, 412},
		{"a foreign tag", "PUT", exists, "If-Match", `"x,y"`, 412},
		{"any", "PUT", exists, "If-Match", `*`, 200},
		{"any, of what is not there", "PUT", absent, "If-Match", `*`, 412},
		{"a tag of what is not there", "PUT", absent, "If-Match", `"1"`, 412},
		{"a list of what is not there", "PUT", absent, "If-Match", `"1", "2"`, 412},
		{"create only", "PUT", absent, "If-None-Match", `*`, 201},
		{"create only, but it is there", "PUT", exists, "If-None-Match", `*`, 412},
		{"not this revision, and it is not", "PUT", exists, "If-None-Match", `"2"`, 200},
		{"not this revision, but it is", "PUT", exists, "If-None-Match", `"3"`, 412},
		{"not this revision, weakly, but it is", "PUT", exists, "If-None-Match", `W/"3"`, 412},
		{"not this revision of what is not there", "PUT", absent, "If-None-Match", `"3"`, 201},
		{"a tag without quotes", "PUT", exists, "If-Match", `3`, 400},
		{"a tag without an end", "PUT", exists, "If-Match", `"3`, 400},
		{"words between tags", "PUT", exists, "If-Match", `"3" "4"`, 400},
		{"an empty list", "PUT", exists, "If-Match", ` , `, 400},
		{"a star in a list", "PUT", exists, "If-Match", `"1", *`, 400},
		{"too many tags", "PUT", exists, "If-Match", strings.Repeat(`"1",`, 40), 400},
		{"a control character", "PUT", exists, "If-Match", "\"\x01\"", 400},

		{"cancel at the present tag", "POST", exists, "If-Match", `"3"`, 200},
		{"cancel at an old tag", "POST", exists, "If-Match", `"2"`, 412},

		{"read when changed, and it has not", "GET", exists, "If-None-Match", `"3"`, 304},
		{"the same by weak tag", "GET", exists, "If-None-Match", `W/"3"`, 304},
		{"the same in a list", "GET", exists, "If-None-Match", `"1",, "3"`, 304},
		{"read when changed, and it has", "GET", exists, "If-None-Match", `"2"`, 200},
		{"read when there is none", "GET", exists, "If-None-Match", `*`, 304},
		{"head when changed, and it has not", "HEAD", exists, "If-None-Match", `"3"`, 304},
		{"read this revision", "GET", exists, "If-Match", `"3"`, 200},
		{"read an old revision", "GET", exists, "If-Match", `"2"`, 412},
		{"read what is not there", "GET", absent, "If-None-Match", `*`, 404},
	} {
		t.Run(c.method+" "+c.name, func(t *testing.T) {
			b := apitest.New(t)
			for i := range 3 {
				b.Do("PUT", "/v1/parcels/"+exists, fmt.Sprintf(`{"weight_g":%d}`, i+1))
			}
			target, body := "/v1/parcels/"+c.id, ""
			switch c.method {
			case "PUT":
				body = "{}"
			case "POST":
				target += "/cancel"
			}
			answer := b.Do(c.method, target, body, c.header, c.value)
			apitest.Want(t, answer, c.status, "")
			if c.status == 304 && answer.Header.Get("ETag") != `"3"` {
				t.Errorf("304 with ETag %q", answer.Header.Get("ETag"))
			}
		})
	}
}

func TestBothConditionsMustHold(t *testing.T) {
	b := apitest.New(t)
	b.Do("PUT", "/v1/parcels/P", "{}")
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P", "{}", "If-Match", `"1"`, "If-None-Match", `"1"`), 412, "")
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P", "{}", "If-Match", `*`, "If-None-Match", `"2"`), 200, "")
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P", "{}", "If-Match", `"2"`, "If-None-Match", `*`), 412, "")
}

func TestForeignAndAbsentIDsGetTheSameAnswer(t *testing.T) {
	b := apitest.New(t)
	var first string
	for _, id := range []string{"absent", "P%20Q", "%00", strings.Repeat("x", 65),
		strings.Repeat("x", 3000), "..", "%e2%82%ac", "'%20OR%201=1--"} {
		for _, ask := range []func() *http.Response{
			func() *http.Response { return b.Do("GET", "/v1/parcels/"+id, "") },
			func() *http.Response { return b.Do("POST", "/v1/parcels/"+id+"/cancel", "") },
		} {
			got := apitest.Cut(apitest.Want(t, ask(), 404, "no-such-parcel"))
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("%q is told apart: %s", id, got)
			}
		}
	}
}

func TestBodiesThatAreNotAgreedAreRefused(t *testing.T) {
	b := apitest.New(t)
	for _, c := range []struct {
		name, body, contentType string
		status                  int
		slug, pointer           string
	}{
		{"no type", "{}", "-", 415, "not-json", ""},
		{"a form", "a=b", "application/x-www-form-urlencoded", 415, "not-json", ""},
		{"a patch", "{}", "application/merge-patch+json", 415, "not-json", ""},
		{"another charset", "{}", "application/json; charset=latin1", 415, "not-json", ""},
		{"JSON with charset", "{}", "application/json; charset=UTF-8", 201, "", ""},
		{"nothing", " ", "application/json", 400, "malformed-json", ""},
		{"half", `{"label":`, "application/json", 400, "malformed-json", ""},
		{"two objects", `{}{}`, "application/json", 400, "malformed-json", ""},
		{"not UTF-8", "{\"label\":\"\xff\"}", "application/json", 400, "not-utf8", ""},
		{"a deep nest", strings.Repeat(`[`, 60000), "application/json", 400, "malformed-json", ""},
		{"a member nobody knows", `{"colour":"red"}`, "application/json", 422, "unknown-member", "/colour"},
		{"a member nobody knows in a member", `{"recipient":{"nick":"x"}}`, "application/json", 422,
			"unknown-member", "/recipient/nick"},
		{"a member twice", `{"weight_g":1,"weight_g":2}`, "application/json", 422, "duplicate-member",
			"/weight_g"},
		{"the wrong type", `{"dimensions_mm":{"length":"3"}}`, "application/json", 422, "wrong-type",
			"/dimensions_mm/length"},
		{"labels that are no list", `{"labels":"X"}`, "application/json", 422, "wrong-type", "/labels"},
		{"a label that is no text", `{"labels":["X",null]}`, "application/json", 422, "wrong-type",
			"/labels/1"},
		{"a value the rules refuse", `{"label":"` + strings.Repeat("x", 65) + `"}`, "application/json", 422,
			"label", "/label"},
		{"one byte too many", `{"label":"` + strings.Repeat("x", maxBody) + `"}`, "application/json", 413,
			"body-too-large", ""},
		{"the last byte that fits", "{}" + strings.Repeat(" ", maxBody-2), "application/json", 201, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := *b
			b.T = t
			contentType := strings.TrimPrefix(c.contentType, "-")
			answer := b.Do(
				"PUT", "/v1/parcels/"+strings.ReplaceAll(c.name, " ", "-"), c.body, "Content-Type", "",
				"Content-Type", contentType)
			body := apitest.Want(t, answer, c.status, c.slug)
			if c.pointer != "" && !strings.Contains(body, `"pointer":"`+c.pointer+`"`) {
				t.Errorf("the pointer is not %s in %s", c.pointer, body)
			}
		})
	}
	apitest.Want(t, b.Do("PUT", "/v1/parcels/a%20b", "{}"), 400, "parcel-id")
	apitest.Want(t, b.Do("PUT", "/v1/parcels/ab", "{}", "Content-Encoding", "gzip"), 415, "not-json")
	apitest.Want(t, b.Do("PUT", "/v1/parcels/ab?dry_run=1", "{}"), 400, "bad-parameter")
}

func TestAPutNamesAllItsMistakesAtOnce(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(
		t,
		b.Do("PUT", "/v1/parcels/P-1", `{"label":"a b","colour":"red","weight_g":-1,"pickup_hours":"48",
		"dimensions_mm":{"lenght":1,"width":true,"height":0},"recipient":{"email":"nobody","language":"de"}}`),
		422,
		"unknown-member",
	)
	var p problem.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range p.Errors {
		if m.Detail == "" || !strings.HasPrefix(m.Type, problem.TypePrefix) {
			t.Errorf("incomplete: %+v", m)
		}
		got = append(got, m.Pointer)
	}
	// First what has another form than agreed, then the values that are not allowed.
	wanted := "/colour /pickup_hours /dimensions_mm/lenght /dimensions_mm/width /label " +
		"/dimensions_mm/length /dimensions_mm/height /weight_g /recipient/email"
	if strings.Join(got, " ") != wanted || p.Pointer != got[0] {
		t.Errorf("names %q, want %q", got, wanted)
	}
}

func TestListsArePagedToTheEnd(t *testing.T) {
	b := apitest.New(t)
	for i := range 25 {
		b.Do("PUT", fmt.Sprintf("/v1/parcels/P-%02d", i), fmt.Sprintf(`{"order_id":"O-%d"}`, i%2))
	}
	target, seen := "/v1/parcels?limit=10&order_id=O-1", []string{}
	for pages := 1; ; pages++ {
		var page struct {
			Parcels []parcel.Parcel
			Next    string `json:"next_page_token"`
		}
		if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", target, ""), 200, "")),
			&page); err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Parcels {
			seen = append(seen, p.ID)
		}
		if page.Next == "" {
			break
		}
		if pages > 5 {
			t.Fatal("the list does not end")
		}
		target = "/v1/parcels?limit=10&order_id=O-1&page_token=" + page.Next
	}
	if len(seen) != 12 || seen[0] != "P-01" || seen[11] != "P-23" {
		t.Errorf("listed %v", seen)
	}
	if body := apitest.Want(t, b.Do("GET", "/v1/parcels?state=stored", ""), 200,
		""); body != `{"parcels":[]}` {
		t.Errorf("an empty list is %s", body)
	}
	for _, bad := range []string{"limit=0", "limit=101", "limit=x", "limit=", "limit=1&limit=2",
		"state=gone", "sate=stored", "label=", "order_id=" + strings.Repeat("x", 65),
		"page_token=P-01", "page_token=UC0wMQ", "label=" + strings.Repeat("1", 513), "%zz", "a;b"} {
		apitest.Want(t, b.Do("GET", "/v1/parcels?"+bad, ""), 400, "")
	}
}

// TestTheParcelsJSONIsThatOfItsType holds the hand-written encoder against the
// tags of the domain's type.
func TestAnUnknownStateIsAnsweredWithAllThereAre(t *testing.T) {
	b := apitest.New(t)
	body := apitest.Want(t, b.Do("GET", "/v1/parcels?state=foo", ""), 400, "bad-parameter")
	all := "must be one of announced, booked, depositing, stored, collecting, collected, deposit_failed," +
		" expired, counter_held, missing, cancelled, received, redirected, returned"
	if !strings.Contains(body, `"detail":"`+all+`"`) {
		t.Errorf("told %s", body)
	}
	for state := range strings.SplitSeq(strings.TrimPrefix(all, "must be one of "), ", ") {
		apitest.Want(t, b.Do("GET", "/v1/parcels?state="+state, ""), 200, "")
	}
}

func TestTheParcelsJSONIsThatOfItsType(t *testing.T) {
	when := rapid.Custom(func(t *rapid.T) *time.Time {
		if rapid.Bool().Draw(t, "nil") {
			return nil
		}
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).
			UTC()
		return &at
	})
	word := rapid.String()
	rapid.Check(t, func(t *rapid.T) {
		p := parcel.Parcel{
			ID:      word.Draw(t, "id"),
			State:   parcel.Stored,
			Label:   word.Draw(t, "label"),
			OrderID: word.Draw(t, "order"),
			KeepUpright: rapid.Bool().
				Draw(t, "upright"),
			WeightG:    rapid.IntRange(0, 3).Draw(t, "g"),
			Accessible: rapid.Bool().Draw(t, "acc"),
			PickupHours: rapid.Int().
				Draw(t, "hours"),
			Compartment:  word.Draw(t, "door"),
			Deadline:     when.Draw(t, "deadline"),
			ToCheck:      rapid.Bool().Draw(t, "check"),
			FailedReason: word.Draw(t, "why"),
			AnnouncedAt:  time.Unix(1, 0).UTC(),
			StoredAt:     when.Draw(t, "stored"),
			EndedAt:      when.Draw(t, "ended"),
			Rev:          rapid.Int64().Draw(t, "rev"),
		}
		if rapid.Bool().Draw(t, "sized") {
			p.Dimensions = &wall.Dimensions{Length: 1, Width: 2, Height: 3}
		}
		var r *parcel.Recipient
		if rapid.Bool().Draw(t, "known") {
			r = &parcel.Recipient{
				Name:     word.Draw(t, "name"),
				Email:    word.Draw(t, "email"),
				Language: word.Draw(t, "lang"),
			}
		}
		wanted, err := json.Marshal(struct {
			parcel.Parcel
			Recipient *parcel.Recipient `json:"recipient,omitempty"`
		}{p, r})
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(parcels.AppendParcel(nil, &p, r), &got); err != nil {
			t.Fatalf("not JSON: %v: %s", err, parcels.AppendParcel(nil, &p, r))
		}
		if err := json.Unmarshal(wanted, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("encoded\n%s\nwant\n%s", parcels.AppendParcel(nil, &p, r), wanted)
		}
	})
}

// FuzzBodiesNeverBreakTheServer: whatever is sent, the answer is a success or
// a problem that is the sender's, and the contract knows it.
func FuzzBodiesNeverBreakTheServer(f *testing.F) {
	for _, seed := range []string{whole, "{}", "", "[]", `{"label":"\u0000"}`, `{"a":{"b":[1,2,{}]}}`,
		"\xff", `{"weight_g":1e400}`, `{"scopes":["operate"],"name":"x"}`, `{"reason":"x"}`,
		`{"text":"HELLO"}`, `{"visit":"","name":"finish"}`} {
		f.Add(seed, "P1")
	}
	b := apitest.New(f, func(c *apitest.Setup) { c.Log = slog.New(slog.DiscardHandler) })
	f.Fuzz(func(t *testing.T, body, id string) {
		if len(id) > 100 {
			return
		}
		for _, door := range []*apitest.Bench{b, b.Staff()} {
			door := *door
			door.T = t
			for _, e := range b.Server.Routes() {
				if e.Method == "GET" || e.Method == "DELETE" || e.Entry == rest.Staff && !door.Socket {
					continue
				}
				target := strings.NewReplacer("{id}", escapePath(id), "{number}", escapePath(id), "{name}",
					escapePath(id)).
					Replace(e.Path)
				if got := door.Do(e.Method, target, body, "Content-Type", "", "Content-Type",
					"application/json").StatusCode; got >= 500 {
					t.Errorf("%s %s answers %d to %q", e.Method, target, got, body)
				}
			}
		}
	})
}

func escapePath(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}
