package customers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

const (
	keep = `{"contact":{"email":"Ana@Example.org","phone":"+49 30 1234567"},"channel":"sms","language":"pt-BR",
		"wishes":["more_time","low_door"],"receipt":true,"name":"Ana","asked":{"through":"kiosk","text":"v1"}}`
	put = `{"contact":{"phone":"+49 30 1234567"},"channel":"none"}`
)

type told struct {
	ID       string   `json:"id"`
	KnownBy  []string `json:"known_by"`
	Channel  string   `json:"channel"`
	Phone    string   `json:"phone"`
	Email    string   `json:"email"`
	Wishes   []string `json:"wishes"`
	Consents []struct {
		Purpose string `json:"purpose"`
		Given   bool   `json:"given"`
		Through string `json:"through"`
	} `json:"consents"`
}

func read(t *testing.T, text string) (c told) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACustomerIsKeptFoundReplacedAndErased(t *testing.T) {
	b := apitest.New(t)
	answer := b.Do("POST", "/v1/customers", keep)
	body := apitest.Want(t, answer, 201, "")
	c := read(t, body)
	at := "/v1/customers/" + c.ID
	if answer.Header.Get("Location") != at || answer.Header.Get("ETag") != `"2"` || len(c.ID) != 32 ||
		len(c.KnownBy) != 2 || c.Phone != "+49301234567" || c.Email != "" || len(c.Wishes) != 2 ||
		c.Wishes[0] != "low_door" || !c.Consents[0].Given || c.Consents[0].Purpose != "record" {
		t.Errorf("kept is %s with %v", body, answer.Header)
	}
	if again := apitest.Want(t, b.Do("GET", at, ""), 200, ""); again != body {
		t.Errorf("kept\n%s\nread\n%s", body, again)
	}
	apitest.Want(t, b.Do("GET", at, "", "If-None-Match", `"2"`), 304, "")
	for _, by := range []string{`{"email":"ana@example.org "}`, `{"phone":"0049 301234567"}`,
		`{"email":"nobody@example.org","phone":"+49301234567"}`} {
		if found := apitest.Want(t, b.Do("POST", "/v1/customers/find", `{"contact":`+by+`}`), 200, ""); found != body {
			t.Errorf("by %s is found %s", by, found)
		}
	}
	apitest.Want(t, b.Do("POST", "/v1/customers/find", `{"contact":{"phone":"+44301234567"}}`), 404, "no-such-customer")
	apitest.Want(t, b.Do("POST", "/v1/customers", keep), 409, "contact-in-use")
	apitest.Want(t, b.Do("PUT", at, put, "If-Match", `"1"`), 412, "changed-meanwhile")
	replaced := read(t, apitest.Want(t, b.Do("PUT", at, put), 200, ""))
	if replaced.Phone != "" || replaced.Channel != "none" || len(replaced.Consents) != 1 {
		t.Errorf("replaced is %+v", replaced)
	}
	apitest.Want(t, b.Do("PUT", "/v1/customers/of-mine", put), 404, "no-such-customer")
	apitest.Want(t, b.Do("DELETE", at, "", "If-Match", `"2"`), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("DELETE", at, ""), 204, "")
	for _, one := range []string{at, at + "/everything"} {
		apitest.Want(t, b.Do("GET", one, ""), 404, "no-such-customer")
	}
	apitest.Want(t, b.Do("DELETE", at, ""), 404, "no-such-customer")
}

func TestConsentsAreNotedAndWithdrawnAgainAndAgain(t *testing.T) {
	b := apitest.New(t)
	const at = "/v1/customers/P1/consents"
	give := `{"purpose":"marketing","through":"desk","text":"v2"}`
	first := apitest.Want(t, b.Do("POST", at, give), 200, "")
	if again := apitest.Want(t, b.Do("POST", at, give), 200, ""); again != first {
		t.Errorf("noted again it is %s", again)
	}
	apitest.Want(t, b.Do("DELETE", at+"/marketing?through=message", ""), 204, "")
	apitest.Want(t, b.Do("DELETE", at+"/marketing", ""), 204, "")
	apitest.Want(t, b.Do("DELETE", at+"/never_given", ""), 204, "")
	c := read(t, apitest.Want(t, b.Do("GET", "/v1/customers/P1", ""), 200, ""))
	if last := c.Consents[len(c.Consents)-1]; len(c.Consents) != 3 || last.Given || last.Through != "message" {
		t.Errorf("the history is %+v", c.Consents)
	}
	apitest.Want(t, b.Do("DELETE", at+"/marketing?through=rumour", ""), 400, "bad-parameter")
	apitest.Want(t, b.Do("DELETE", at+"/record", ""), 204, "")
	apitest.Want(t, b.Do("GET", "/v1/customers/P1", ""), 404, "no-such-customer")
}

func TestACustomerGetsAQRCodeOnceAndItEnds(t *testing.T) {
	b := apitest.New(t)
	const at = "/v1/customers/P1"
	made := apitest.Want(t, b.Do("POST", at+"/qr?through=desk", ""), 201, "")
	if !strings.Contains(made, `"qr":"M:ABCDEFGHIJKLMNOPQRSTUVWXYZ"`) {
		t.Errorf("made is %s", made)
	}
	text := apitest.Want(t, b.Do("GET", at, ""), 200, "")
	if !strings.Contains(text, `"qr_made":`) || strings.Contains(text, "ABCDEFGHIJKLM") ||
		strings.Contains(text, "hash") {
		t.Errorf("told is %s", text)
	}
	if log := b.Logged.String(); strings.Contains(log, "ABCDEFGHIJKLM") {
		t.Errorf("the log has it: %s", log)
	}
	apitest.Want(t, b.Do("POST", at+"/qr", "", "If-Match", `"1"`), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("POST", at+"/qr?through=rumour", ""), 400, "bad-parameter")
	for range 2 { // repeating it is no error
		apitest.Want(t, b.Do("DELETE", at+"/qr", ""), 204, "")
	}
	if text := apitest.Want(t, b.Do("GET", at, ""), 200, ""); strings.Contains(text, "qr_made") {
		t.Errorf("told is %s", text)
	}
	for _, method := range []string{"POST", "DELETE"} {
		apitest.Want(t, b.Do(method, "/v1/customers/nobody/qr", ""), 404, "no-such-customer")
	}
}

func TestPreferencesChangeAndTheRestStays(t *testing.T) {
	b := apitest.New(t)
	const at = "/v1/customers/P1/preferences"
	first := read(t, apitest.Want(t, b.Do("POST", at, `{"wishes":["more_time"]}`), 200, ""))
	if first.Channel != "email" || first.Email == "" || len(first.Wishes) != 1 {
		t.Errorf("it is %+v", first)
	}
	c := read(t, apitest.Want(t, b.Do("POST", at, `{"channel":"none"}`), 200, ""))
	if c.Email != "" || len(c.Wishes) != 1 {
		t.Errorf("it is %+v", c)
	}
	apitest.Want(t, b.Do("POST", at, `{"channel":"sms"}`), 422, "channel") // there is no number
	apitest.Want(t, b.Do("POST", at, `{"wishes":["a pony"]}`), 422, "wish")
	apitest.Want(t, b.Do("POST", at, `{}`, "If-Match", `"1"`), 412, "changed-meanwhile")
	apitest.Want(t, b.Do("POST", "/v1/customers/nobody/preferences", `{}`), 404, "no-such-customer")
}

func TestWhatCannotBeKeptIsRefusedWithAllItsMistakes(t *testing.T) {
	b := apitest.New(t)
	wrong := `{"contact":{"email":"ana","phone":"call me"},"channel":"pigeon","wishes":["a pony"],
		"asked":{"through":"rumour","text":"v1"}}`
	text := apitest.Want(t, b.Do("POST", "/v1/customers", wrong), 422, "")
	for _, pointer := range []string{"/contact/email", "/contact/phone", "/channel", "/wishes", "/asked/through"} {
		if !strings.Contains(text, `"pointer":"`+pointer+`"`) {
			t.Errorf("%s is not named: %s", pointer, text)
		}
	}
	if strings.Contains(text, "call me") || strings.Contains(text, `"ana"`) {
		t.Errorf("the answer repeats what is personal: %s", text)
	}
	apitest.Want(t, b.Do("POST", "/v1/customers/find", `{"contact":{}}`), 422, "contact")
}

func TestNoLogHasAContact(t *testing.T) {
	b := apitest.New(t)
	id := read(t, apitest.Want(t, b.Do("POST", "/v1/customers", keep), 201, "")).ID
	b.Do("POST", "/v1/customers/find", `{"contact":{"email":"ana@example.org"}}`)
	b.Do("POST", "/v1/customers/find", `{"contact":{"email":"ana@"}}`)
	b.Do("GET", "/v1/customers/"+id+"/everything", "")
	log := strings.ToLower(b.Logged.String())
	for _, word := range []string{"ana@", "1234567", "example.org"} {
		if strings.Contains(log, word) {
			t.Errorf("the log has %q: %s", word, log)
		}
	}
}

func TestEverythingIsToldInOneAnswer(t *testing.T) {
	b := apitest.New(t)
	text := apitest.Want(t, b.Do("GET", "/v1/customers/P1/everything", ""), 200, "")
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"customer", "parcels", "orders", "returns", "messages"} {
		if len(all[name]) < 3 {
			t.Errorf("%s is %s", name, all[name])
		}
	}
}
