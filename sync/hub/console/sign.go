package console

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// signIn shows the page on which one signs in.
func signIn(v *visit) error {
	if v.cookie != "" {
		http.Redirect(v.w, v.r, "/", http.StatusSeeOther)
		return nil
	}
	return v.signInForm(
		http.StatusOK,
		map[string]any{"Next": within(v.query("next")), "Over": v.query("over") != ""},
	)
}

func (v *visit) signInForm(status int, data map[string]any) error {
	if readCookie(v.r, cookieVisitor) == "" {
		value := random()
		setCookie(v.w, v.r, cookieVisitor, value, longest)
		v.r.AddCookie(&http.Cookie{Name: cookieName(v.r, cookieVisitor), Value: value})
	}
	v.show(status, "sign-in", data)
	return nil
}

// doSignIn checks the password. What is wrong with it is not said.
func doSignIn(v *visit) error {
	name, next := v.field("name"), within(v.r.PostForm.Get("next"))
	u, err := v.hub.SignIn(v.r.Context(), name, v.r.PostForm.Get("password"))
	if err != nil {
		return v.retry(err, func(data map[string]any) error {
			data["Next"] = next
			return v.signInForm(http.StatusUnprocessableEntity, data)
		})
	}
	if v.cookie != "" {
		v.seats.end(v.cookie)
	}
	setCookie(v.w, v.r, cookieSession, v.seats.begin(u), longest)
	setCookie(v.w, v.r, cookieVisitor, "", 0)
	http.Redirect(v.w, v.r, next, http.StatusSeeOther)
	return nil
}

// signOut ends the session.
func signOut(v *visit) error {
	v.seats.end(v.cookie)
	setCookie(v.w, v.r, cookieSession, "", 0)
	http.Redirect(v.w, v.r, "/sign-in", http.StatusSeeOther)
	return nil
}

// askToSignIn sends somebody to the form, and back afterwards. A script is told by a status.
func (v *visit) askToSignIn(live bool) {
	if live || v.r.Header.Get(headerLive) != "" {
		http.Error(v.w, v.book.say("signin.over"), http.StatusUnauthorized)
		return
	}
	q := url.Values{}
	if v.r.Method == http.MethodGet && v.r.URL.Path != "/" {
		q.Set("next", v.r.URL.RequestURI())
	}
	if _, err := v.r.Cookie(cookieName(v.r, cookieSession)); err == nil {
		q.Set("over", "1")
		setCookie(v.w, v.r, cookieSession, "", 0)
	}
	to := "/sign-in"
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// within keeps an address if it is one of this console, and else gives the first page.
func within(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// setLanguage remembers the language somebody has chosen.
func setLanguage(v *visit) error {
	for _, tag := range tags {
		if v.r.PostForm.Get("tag") == tag {
			setCookie(v.w, v.r, cookieLanguage, tag, 365*24*time.Hour)
		}
	}
	http.Redirect(v.w, v.r, within(v.r.PostForm.Get("next")), http.StatusSeeOther)
	return nil
}

// static serves the stylesheet, the script and the icon.
func static(v *visit) error {
	v.w.Header().Set("Cache-Control", "max-age=31536000, immutable")
	http.ServeFileFS(v.w, v.r, staticFiles, v.r.URL.Path)
	return nil
}

// notFound answers an address there is nothing at.
func notFound(v *visit) error {
	v.fail(http.StatusNotFound, "error.not_found")
	return nil
}

// random is 32 random bytes as text.
func random() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// help shows the shortcut keys and what signs mean.
func help(v *visit) error {
	v.show(http.StatusOK, "help", map[string]any{"Signs": signs, "Version": v.o.Version})
	return nil
}
