package uplink

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"cubby/sync/protocol"
)

// A Credential is what lets a station in at its centre. It is a file of the station, with
// mode 0600, and nowhere else.
type Credential struct {
	URL string `json:"url"`
	// SHA-256 of the centre's public key, base64url; empty: by authorities
	Pin      string   `json:"pin,omitempty"`
	Station  string   `json:"station"`
	Key      string   `json:"key"`
	RootKeys []string `json:"root_keys"`
}

// Roots are the root keys that can be read.
func (c Credential) Roots() (roots []ed25519.PublicKey) {
	for _, text := range c.RootKeys {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil && len(key) == ed25519.PublicKeySize {
			roots = append(roots, key)
		}
	}
	return roots
}

// ErrNoCredential says that the station has joined no centre.
var ErrNoCredential = errors.New("the station has joined no centre")

// ReadCredential reads the file.
func ReadCredential(file string) (c Credential, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return c, ErrNoCredential
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err == nil && (c.URL == "" || c.Station == "" || c.Key == "") {
		err = errors.New("url, station or key is missing")
	}
	if err != nil {
		return c, fmt.Errorf("the credential of the centre in %s cannot be read (join again with "+
			"cubbyctl centre "+
			"join): %w", file, err)
	}
	return c, nil
}

// Keep writes the file, whole or not at all.
func (c Credential) Keep(file string) (err error) {
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".centre-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// An Invitation is the text that an operator gets from the centre's console, read.
type Invitation struct{ URL, Code, Pin string }

// ParseInvitation reads URL/#code=C&pin=P.
func ParseInvitation(text string) (i Invitation, err error) {
	bad := errors.New("this is not an invitation of a centre: copy the whole text that its console shows, from " +
		"https:// to its end")
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Fragment == "" {
		return i, bad
	}
	q, err := url.ParseQuery(u.Fragment)
	if err != nil || q.Get("code") == "" {
		return i, bad
	}
	i = Invitation{URL: u.Scheme + "://" + u.Host, Code: q.Get("code"), Pin: q.Get("pin")}
	if _, err = transportTo(i.URL, i.Pin); err != nil {
		return i, err
	}
	return i, nil
}

// Enrol joins: the invitation's code is used up, and the answer makes a credential. station
// is the id of one that has joined and wants another key; else it is empty.
func Enrol(ctx context.Context, i Invitation, station string, about protocol.About) (c Credential,
	e protocol.Enrolled, err error) {
	transport, err := transportTo(i.URL, i.Pin)
	if err != nil {
		return c, e, err
	}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := json.Marshal(protocol.Enrol{Code: i.Code, Station: station, About: about})
	if err != nil {
		return c, e, err
	}
	r, err := http.NewRequestWithContext(ctx, "POST", i.URL+"/sync/v1/enrol", bytes.NewReader(body))
	if err != nil {
		return c, e, err
	}
	r.Header.Set("Content-Type", "application/json")
	a, err := (&http.Client{Transport: transport, CheckRedirect: noRedirect}).Do(r)
	if err != nil {
		return c, e, err
	}
	defer a.Body.Close()
	if a.StatusCode/100 != 2 {
		return c, e, refused(a)
	}
	said, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(said, &e)
	}
	if err == nil && (e.Station == "" || e.Key == "") {
		err = errors.New("station or key is missing")
	}
	if err != nil {
		return c, e, fmt.Errorf("the centre's answer cannot be read: %w", err)
	}
	return Credential{URL: i.URL, Pin: i.Pin, Station: e.Station, Key: e.Key, RootKeys: e.RootKeys}, e, nil
}
