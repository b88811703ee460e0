package vendure

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// answering is a client of a server that answers as given.
func answering(t *testing.T, answer http.HandlerFunc) *client {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	password := filepath.Join(t.TempDir(), "password")
	must(t, os.WriteFile(password, []byte("geheim-42\n"), 0o600))
	return newClient(&Config{URL: s.URL, User: "cubby", PasswordFile: password})
}

// What is no answer of the shop says nothing of an order, and never has the password in it.
func TestWhatIsNoAnswerOfTheShopIsUnreachable(t *testing.T) {
	signedIn := `{"data":{"login":{"__typename":"CurrentUser"}}}`
	for name, answer := range map[string]http.HandlerFunc{
		"a page of a proxy": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write([]byte("<html>"))
		},
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		},
		"another object": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ok":true}`)) },
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"data":"` + strings.Repeat("a", mostAnswer) + `"}`))
		},
		"a wrong password": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(
				`{"data":{"login":{"errorCode":"INVALID_CREDENTIALS_ERROR","message":"geheim-42"}}}`))
		},
		"what was sent comes back": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"errors":[{"message":"got invalid value geheim-42"}]}`))
		},
		"no rights": func(w http.ResponseWriter, r *http.Request) {
			var q struct{ Query string }
			if _ = json.NewDecoder(r.Body).Decode(&q); strings.Contains(q.Query, "login(") {
				_, _ = w.Write([]byte(signedIn))
				return
			}
			_, _ = w.Write([]byte(`{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}],"data":null}`))
		},
	} {
		_, err := answering(t, answer).order(t.Context(), "1")
		if !errors.Is(err, errUnreachable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A refusal that comes with status 200, as one of the types of a union, is one.
func TestARefusalInAUnionIsARefusal(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("vendure-auth-token", "S")
			_, _ = w.Write([]byte(`{"data":{"login":{"__typename":"CurrentUser"}}}`))
			return
		}
		_, _ = w.Write([]byte(`{"data":{"transitionFulfillmentToState":{"__typename":"FulfillmentStateTransitionError",
			"errorCode":"FULFILLMENT_STATE_TRANSITION_ERROR","message":"x","transitionError":"Cannot go there"}}}`))
	})
	err := c.move(t.Context(), "1", delivered)
	if !refusedAs(err, "FULFILLMENT_STATE_TRANSITION_ERROR") || errors.Is(err, errUnreachable) ||
		!strings.Contains(err.Error(), "Cannot go there") {
		t.Errorf("%v", err)
	}
}

// An API key goes with each question, and nobody signs in.
func TestAnAPIKeyStandsInPlaceOfAPassword(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("vendure-api-key") != "geheim-42" || r.Header.Get("vendure-token") != "channel" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		_, _ = w.Write([]byte(`{"data":{"order":null}}`))
	})
	c.config.KeyFile, c.config.PasswordFile, c.config.Channel = c.config.PasswordFile, "", "channel"
	if o, err := c.order(t.Context(), "1"); o != nil || err != nil {
		t.Errorf("%+v %v", o, err)
	}
}

func TestASecretThatOthersCanReadIsNotUsed(t *testing.T) {
	at := filepath.Join(t.TempDir(), "password")
	for text, mode := range map[string]os.FileMode{"fine": 0o644, "two\nlines": 0o600, "": 0o600} {
		must(t, os.WriteFile(at, []byte(text), mode))
		must(t, os.Chmod(at, mode))
		if _, err := readSecret(at); err == nil {
			t.Errorf("%q with mode %o is used", text, mode)
		}
	}
}
