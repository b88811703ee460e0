package console

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cubby/sync/hub"
)

func newRequest(method, path string, form url.Values) *http.Request {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// A client keeps cookies and form tokens as a browser does.
type client struct {
	t       *testing.T
	c       *Console
	tls     bool
	cookies map[string]*http.Cookie
	token   string
}

func newClient(t *testing.T, c *Console) *client {
	return &client{t: t, c: c, cookies: map[string]*http.Cookie{}}
}

var tokens = regexp.MustCompile(`name="token" value="([^"]*)"`)

func (b *client) send(method, path string, form url.Values, change ...func(*http.Request)) *http.Response {
	b.t.Helper()
	if method == http.MethodPost {
		if form == nil {
			form = url.Values{}
		}
		if !form.Has("token") {
			form.Set("token", b.token)
		}
	}
	r := newRequest(method, path, form)
	if b.tls {
		r.TLS = &tls.ConnectionState{}
	}
	for _, k := range b.cookies {
		r.AddCookie(k)
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	b.c.ServeHTTP(w, r)
	answer := w.Result()
	for _, k := range answer.Cookies() {
		b.cookies[k.Name] = k
		if k.MaxAge < 0 {
			delete(b.cookies, k.Name)
		}
	}
	if m := tokens.FindStringSubmatch(w.Body.String()); m != nil {
		b.token = m[1]
	}
	answer.Body = io.NopCloser(strings.NewReader(w.Body.String()))
	return answer
}

func (b *client) signIn(name string) *http.Response {
	b.t.Helper()
	b.send("GET", "/sign-in", nil)
	answer := b.send("POST", "/sign-in", url.Values{"name": {name}, "password": {password}})
	if answer.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("sign in as %s: %d", name, answer.StatusCode)
	}
	b.send("GET", "/help", nil)
	return answer
}

// is begins a session without a password.
func (b *client) is(role hub.Role) {
	b.t.Helper()
	if role == anybody {
		b.send("GET", "/sign-in", nil)
		return
	}
	u, err := b.c.hub.User(b.t.Context(), string(role))
	if err != nil {
		b.t.Fatal(err)
	}
	cookie := b.c.seats.begin(u)
	b.cookies[cookieSession] = &http.Cookie{Name: cookieSession, Value: cookie}
	b.token = b.c.tokenOf(cookie)
}

func text(r *http.Response) string {
	all, _ := io.ReadAll(r.Body)
	return string(all)
}

// filled is an address of a route.
func filled(pattern, station string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "GET", pattern+"nothing"
	}
	return method, strings.NewReplacer("{$}", "", "{file}", "console.css",
		"{station}", station, "{what}", "hold", "{id}", "P-1", "{number}", "1", "{name}", "N",
		"{webhook}", "W", "{shop}", "acme", "{kind}", "staff").
		Replace(path)
}

func TestWhoMayDoWhat(t *testing.T) {
	roles := []hub.Role{anybody, hub.Viewer, hub.Operator, hub.Admin}
	w := newWorld(t)
	w.live()
	c := consoleOf(t, w, Options{})
	for _, rt := range routes {
		for _, role := range roles {
			b := newClient(t, c)
			b.is(role)
			method, path := filled(rt.pattern, w.ids[north])
			if rt.live {
				path += "?ask=1"
			}
			answer := b.send(method, path, nil)
			got := "in"
			switch {
			case answer.StatusCode == http.StatusForbidden && strings.Contains(text(answer), "Your role"):
				got = "forbidden"
			case answer.StatusCode == http.StatusUnauthorized,
				strings.HasPrefix(answer.Header.Get("Location"), "/sign-in") &&
					(rt.pattern != "POST /sign-out" || role == anybody):
				got = "to sign in"
			}
			want := "in"
			switch {
			case rt.role != anybody && role == anybody:
				want = "to sign in"
			case rt.role != anybody && !role.May(rt.role):
				want = "forbidden"
			}
			if got != want {
				t.Errorf("%s as %q: %s (%d), want %s", rt.pattern, role, got, answer.StatusCode, want)
			}
			if answer.StatusCode >= 500 {
				t.Errorf("%s as %q: %d", rt.pattern, role, answer.StatusCode)
			}
		}
	}
}

// What changes something is asked for by POST only, and by somebody with a role.
func TestWhatChangesThingsIsAForm(t *testing.T) {
	for _, rt := range routes {
		method, _, _ := strings.Cut(rt.pattern, " ")
		if method != "GET" && method != "POST" && rt.pattern != "/" {
			t.Errorf("%s: forms know GET and POST", rt.pattern)
		}
	}
}

func TestAFormIsTakenFromTheConsoleAlone(t *testing.T) {
	c := newConsole(t, Options{})
	b := newClient(t, c)
	b.signIn("operator")
	other := newClient(t, c)
	other.signIn("operator")
	from := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, change := range map[string]struct {
		token string
		f     func(*http.Request)
	}{
		"no token":               {"", func(*http.Request) {}},
		"another session's":      {other.token, func(*http.Request) {}},
		"another site, fetched":  {b.token, from("Sec-Fetch-Site", "cross-site")},
		"another site, by name":  {b.token, from("Origin", "https://evil.example")},
		"a page of another port": {b.token, from("Origin", "http://example.com:81")},
	} {
		answer := b.send("POST", "/sign-out", url.Values{"token": {change.token}}, change.f)
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, answer.StatusCode)
		}
	}
	ours := func(r *http.Request) { r.Header.Set("Origin", "http://example.com") }
	if answer := b.send("POST", "/sign-out", nil, ours); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("our own form: %d, want it done", answer.StatusCode)
	}
}

func TestSessions(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	c := newConsole(t, Options{Now: func() time.Time { return now }})
	in := func(b *client, live bool) bool {
		return b.send("GET", "/help", nil, func(r *http.Request) {
			if live {
				r.Header.Set(headerLive, "1")
			}
		}).StatusCode == http.StatusOK
	}
	b := newClient(t, c)
	b.signIn("viewer")
	now = now.Add(idle - time.Second)
	if !in(b, false) {
		t.Fatal("signed out before the time")
	}
	now = now.Add(idle - time.Second)
	if !in(b, true) {
		t.Fatal("signed out although a page was asked for")
	}
	now = now.Add(2 * time.Second)
	if in(b, false) {
		t.Error("what a page asks for by itself keeps somebody signed in")
	}
	b.signIn("viewer")
	begun := now
	for now.Sub(begun) < longest-10*time.Minute {
		now = now.Add(9 * time.Minute)
		if !in(b, false) {
			t.Fatalf("signed out after %v", now.Sub(begun))
		}
	}
	now = begun.Add(longest)
	if in(b, false) {
		t.Error("nobody stays signed in for ever")
	}
	b.signIn("viewer")
	stolen := b.cookies[cookieSession]
	b.send("POST", "/sign-out", nil)
	b.cookies[cookieSession] = stolen
	if in(b, false) {
		t.Error("the cookie is of use after signing out")
	}
}

func TestSigningInGivesAnotherCookie(t *testing.T) {
	c := newConsole(t, Options{})
	b := newClient(t, c)
	b.cookies[cookieSession] = &http.Cookie{Name: cookieSession, Value: "chosen-by-somebody-else"}
	b.signIn("viewer")
	first := b.cookies[cookieSession].Value
	if first == "chosen-by-somebody-else" || len(first) < 43 {
		t.Errorf("the cookie is %q", first)
	}
	b.signIn("operator")
	if b.cookies[cookieSession].Value == first {
		t.Error("the cookie is the same for another user")
	}
}

func TestCookiesAndHeaders(t *testing.T) {
	c := newConsole(t, Options{})
	for _, secure := range []bool{false, true} {
		b := newClient(t, c)
		b.tls = secure
		for _, k := range b.signIn("viewer").Cookies() {
			if !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Secure != secure ||
				k.Path != "/" ||
				strings.HasPrefix(k.Name, "__Host-") != secure {
				t.Errorf("TLS %v: the cookie %s", secure, k)
			}
		}
		answer := b.send("GET", "/", nil)
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": policy} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		page := text(answer)
		if regexp.MustCompile(`<script>|<style|style="|\son[a-z]+="`).MatchString(page) {
			t.Error("a page has script or style in it, which its policy forbids")
		}
	}
}

func TestOneComesBackToThePageOneWanted(t *testing.T) {
	b := newClient(t, newConsole(t, Options{}))
	if to := b.send("GET", "/parcels?q=1", nil).Header.Get("Location"); to != "/sign-in?next=%2Fparcels%3Fq%3D1" {
		t.Errorf("sent to %s", to)
	}
	for next, want := range map[string]string{
		"/parcels?q=1": "/parcels?q=1", "": "/", "//evil.example": "/",
		"https://evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "parcels": "/",
		"/a\r\nb": "/",
	} {
		if got := within(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

func TestAnErrorLeadsBackToThePageBeforeButToNoOtherSite(t *testing.T) {
	b := newClient(t, consoleOf(t, newWorld(t), Options{}))
	b.is(hub.Viewer)
	for from, want := range map[string]string{
		"/parcels?q=7": `href="/parcels?q=7"`, "//other.example/": "", "https://other.example/": "",
		"javascript:x": "", "": "",
	} {
		page := text(b.send("GET", "/orders/NONE", nil, func(r *http.Request) {
			if strings.HasPrefix(from, "/parcels") {
				from = "http://" + r.Host + from
			}
			r.Header.Set("Referer", from)
		}))
		if led := strings.Contains(page, "Back to the page before"); led != (want != "") ||
			!strings.Contains(page, want) || strings.Contains(page, "other.example") {
			t.Errorf("from %q the page leads back: %t\n%s", from, led, page)
		}
	}
}
