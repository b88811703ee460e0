package console

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/hub"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages are the templates of one language, by the names of their files.
type pages map[string]*template.Template

// openPages reads the templates, once for each language.
func (c *Console) openPages() (map[string]pages, error) {
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	version, err := staticVersion()
	if err != nil {
		return nil, err
	}
	all := map[string]pages{}
	for _, tag := range tags {
		b := c.books[tag]
		base, err := template.New("layout.html").Funcs(template.FuncMap{
			"t":      b.say,
			"word":   b.word,
			"at":     func(t any) template.HTML { return c.clock(b, t, time.Local) },
			"atIn":   func(t any, zone string) template.HTML { return c.clock(b, t, zoneOf(zone)) },
			"ago":    func(t any) string { return b.age(c.o.Now(), momentOf(t)) },
			"static": func(name string) string { return "/static/" + name + "?v=" + version },
			"money":  moneyText(tag),
			"join":   strings.Join,
			"dict":   dict,
			"online": func(s hub.Station) bool { return c.online(s) },
		}).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html")
		if err != nil {
			return nil, err
		}
		all[tag] = pages{}
		for _, file := range names {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if name == "layout" || name == "parts" {
				continue
			}
			one, err := base.Clone()
			if err != nil {
				return nil, err
			}
			if all[tag][name], err = one.ParseFS(pageFiles, file); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// staticVersion stands in the addresses of files, so that browsers may keep them.
func staticVersion() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := staticFiles.ReadFile(name)
		sum.Write(text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))[:12], err
}

// A page is what templates get. D is what the page is about.
type page struct {
	visit *visit
	Name  string // of the template
	Hub   string
	Tag   string
	Here  string // path and query of this page
	Path  string
	Token string // of forms
	Note  *note
	Menu  []menuGroup
	D     map[string]any
}

// User is who is signed in; its name is empty when nobody is.
func (p page) User() hub.User { return p.visit.user }

// May reports whether the user has a role.
func (p page) May(role string) bool { return p.visit.may(hub.Role(role)) }

// Other is the language that one can switch to.
func (p page) Other() string {
	if p.Tag == tags[0] {
		return tags[1]
	}
	return tags[0]
}

// show writes a page; of one that keeps itself live only the part that was asked for.
func (v *visit) show(status int, name string, data map[string]any) {
	p := page{
		visit: v,
		Name:  name,
		Hub:   v.o.Name,
		Tag:   v.tag,
		Here:  v.r.URL.RequestURI(),
		Path:  v.r.URL.Path,
		Token: v.token(),
		Menu:  v.menu(),
		D:     data,
	}
	part, what := v.r.URL.Query().Get("part"), "layout.html"
	t := v.pages[v.tag][name]
	if part != "" && t.Lookup("part-"+part) != nil {
		what = "part-" + part
	} else if v.cookie != "" {
		p.Note = v.seats.take(v.cookie)
	}
	var text bytes.Buffer
	if err := t.ExecuteTemplate(&text, what, p); err != nil {
		v.o.Log.Error("console: page", "name", name, "error", err)
		http.Error(v.w, v.book.say("error.internal"), http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.tag)
	v.w.WriteHeader(status)
	v.w.Write(text.Bytes())
}

// token is what forms of this visitor carry. It is bound to a cookie that no other site
// can set or read.
func (v *visit) token() string {
	bound := v.cookie
	if bound == "" {
		if bound = readCookie(v.r, cookieVisitor); bound == "" {
			return ""
		}
	}
	return v.tokenOf(bound)
}

func (c *Console) tokenOf(cookie string) string {
	m := hmac.New(sha256.New, c.key[:])
	m.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// Bounds of what a form sends.
const mostForm = 512 << 10 // bytes

// formIsOurs reads a form and refuses one that another site has sent.
func (v *visit) formIsOurs() bool {
	if err := v.cross.Check(v.r); err != nil {
		v.fail(http.StatusForbidden, "error.other_site")
		return false
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mostForm)
	if err := v.r.ParseForm(); err != nil {
		v.fail(http.StatusRequestEntityTooLarge, "error.too_long")
		return false
	}
	want := v.token()
	if want == "" || !hmac.Equal([]byte(v.r.PostForm.Get("token")), []byte(want)) {
		v.fail(http.StatusForbidden, "error.form_old")
		return false
	}
	return true
}

// field is a trimmed value of the form.
func (v *visit) field(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }

// query is a trimmed value of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// more is the address of the next page of a list; empty on the last.
func (v *visit) more(next string) string {
	if next == "" {
		return ""
	}
	q := v.r.URL.Query()
	q.Set("after", next)
	return v.r.URL.Path + "?" + q.Encode()
}

// retry shows a form again with what was typed and what is wrong with it. Other errors go on.
func (v *visit) retry(err error, form func(data map[string]any) error) error {
	var r *ledger.Refusal
	if !asRefusal(err, &r) || r.Code == ledger.NotFound {
		return err
	}
	typed := map[string]string{}
	for name := range v.r.PostForm {
		if name != "token" && name != "password" {
			typed[name] = v.r.PostForm.Get(name)
		}
	}
	return form(map[string]any{"Wrong": said(r), "Typed": typed})
}

func moneyText(tag string) func(amount int64, currency string) string {
	return func(amount int64, currency string) string { return moneyIn(tag, amount, currency) }
}

// dict makes a map of name, value, ... for a template within a template.
func dict(pairs ...any) (map[string]any, error) {
	all := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		all[name] = pairs[i+1]
	}
	return all, nil
}

// at is a path with its segments escaped.
func at(segments ...string) string {
	out := ""
	for _, s := range segments {
		out += "/" + url.PathEscape(s)
	}
	return out
}

// Say is a text of the word files with its gaps, for notes.
func (p page) Say(key string, gaps []any) string { return p.visit.book.say(key, gaps...) }
