package uplink

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"cubby/sync/problem"
	"cubby/sync/protocol"
)

// How long a request may take.
const (
	patience   = 30 * time.Second // beyond what the centre was asked to wait
	mostAnswer = 64 << 20         // bytes of one answer
	packFrom   = 1 << 10          // bytes from which a body is packed
)

// A Hub is the centre, asked over HTTP as one of its stations. Safe for concurrent use.
type Hub struct {
	http *http.Client
	base string // with the station's address
	key  string
}

// NewHub makes one. Nothing is asked yet.
func NewHub(c Credential) (*Hub, error) {
	transport, err := transportTo(c.URL, c.Pin)
	if err != nil {
		return nil, err
	}
	return &Hub{
		http: &http.Client{Transport: transport, CheckRedirect: noRedirect},
		base: c.URL + "/sync/v1/stations/" + url.PathEscape(c.Station), key: c.Key,
	}, nil
}

// noRedirect: a key is not carried to another address.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// transportTo checks an address, and the centre's certificate: by its pin, or by the
// authorities the machine knows. Without TLS only a centre on this machine is asked.
func transportTo(address, pin string) (*http.Transport, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("%q is not a centre's address; it looks like https://hub.example:8480",
			address)
	}
	t := &http.Transport{
		DialContext: (&net.Dialer{
			Timeout: 10 * time.Second, KeepAlive: 15 * time.Second,
		}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       time.Minute,
		ResponseHeaderTimeout: 90 * time.Second, // above the longest long poll
		ForceAttemptHTTP2:     true,
	}
	switch {
	case u.Scheme == "http" && loopback(u.Hostname()):
	case u.Scheme != "https":
		return nil, fmt.Errorf("a centre on another machine is asked over https:// only, not at %s", address)
	case pin != "":
		want, err := base64.RawURLEncoding.DecodeString(pin)
		if err != nil || len(want) != sha256.Size {
			return nil,
				errors.New("the pin of the centre's certificate is damaged; take the whole invitation")
		}
		t.TLSClientConfig = &tls.Config{
			MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, // by the pin instead
			VerifyConnection: func(s tls.ConnectionState) error {
				if len(s.PeerCertificates) == 0 {
					return errors.New("the centre shows no certificate")
				}
				have := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
				if !bytes.Equal(have[:], want) {
					return errPin
				}
				return nil
			},
		}
	}
	return t, nil
}

var errPin = errors.New("whoever answers there has not the key of the centre this station has joined")

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close drops the idle connections.
func (h *Hub) Close() { h.http.CloseIdleConnections() }

// Mark asks how far the centre has the station's facts.
func (h *Hub) Mark(ctx context.Context) (m protocol.Mark, err error) {
	return m, h.do(ctx, "GET", "/mark", nil, "", nil, &m)
}

// BeginEpoch begins another run of sequences.
func (h *Hub) BeginEpoch(ctx context.Context, e protocol.Epoch) (m protocol.Mark, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return m, err
	}
	return m, h.do(ctx, "POST", "/epochs", nil, "application/json", body, &m)
}

// Push sends a batch, a JSON array of CloudEvents, that comes behind the fact after.
func (h *Hub) Push(ctx context.Context, epoch string, after int64,
	batch []byte) (p protocol.Pushed, err error) {
	q := url.Values{"epoch": {epoch}, "after": {strconv.FormatInt(after, 10)}}
	return p, h.do(ctx, "POST", "/events", q, protocol.Batch, batch, &p)
}

// Changes asks for a page of changes, and waits so long for one when there is none.
func (h *Hub) Changes(ctx context.Context, cursor string, limit int,
	wait time.Duration) (p protocol.Page, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait+patience)
	defer cancel()
	q := url.Values{"limit": {strconv.Itoa(limit)}, "wait": {strconv.Itoa(int(wait / time.Second))}}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return p, h.do(ctx, "GET", "/changes", q, "", nil, &p)
}

// Digest compares custody.
func (h *Hub) Digest(ctx context.Context, d protocol.Digest) (a protocol.Digested, err error) {
	body, err := json.Marshal(d)
	if err != nil {
		return a, err
	}
	return a, h.do(ctx, "POST", "/digest", nil, "application/json", body, &a)
}

// About says how the station is.
func (h *Hub) About(ctx context.Context, a protocol.About) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return h.do(ctx, "PUT", "/about", nil, "application/json", body, nil)
}

// Snapshot reads the bytes of the snapshot from a place on. With a tag they are refused,
// and all are sent instead, when the snapshot is another one meanwhile.
func (h *Hub) Snapshot(ctx context.Context, from int64, tag string) (*http.Response, error) {
	r, err := h.request(ctx, "GET", "/snapshot", nil, "", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "identity") // the bytes are hashed as they are packed
	if from > 0 && tag != "" {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		r.Header.Set("If-Range", tag)
	}
	a, err := h.http.Do(r)
	if err != nil {
		return nil, err
	}
	if a.StatusCode != http.StatusOK && a.StatusCode != http.StatusPartialContent {
		defer a.Body.Close()
		return nil, refused(a)
	}
	return a, nil
}

func (h *Hub) request(ctx context.Context, method, path string, q url.Values, media string,
	body []byte) (*http.Request, error) {
	target := h.base + path
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	packed := len(body) >= packFrom && media == protocol.Batch
	if packed {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if _, err := w.Write(body); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		body = b.Bytes()
	}
	r, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+h.key)
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if packed {
		r.Header.Set("Content-Encoding", "gzip")
	}
	return r, nil
}

func (h *Hub) do(ctx context.Context, method, path string, q url.Values, media string, body []byte,
	into any) error {
	if _, limited := ctx.Deadline(); !limited {
		within, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		ctx = within
	}
	r, err := h.request(ctx, method, path, q, media, body)
	if err != nil {
		return err
	}
	a, err := h.http.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode/100 != 2 {
		return refused(a)
	}
	said, err := io.ReadAll(io.LimitReader(a.Body, mostAnswer))
	if err != nil {
		return err
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(said, into); err != nil {
		return fmt.Errorf("the centre's answer to %s cannot be read: %w", path, err)
	}
	return nil
}

// An Answer is one of the centre's that is no success.
type Answer struct {
	Status int
	Slug   string
	Title  string
	After  time.Duration  // Retry-After; 0: none
	Mark   *protocol.Mark // with 409
}

func (a *Answer) Error() string {
	if a.Title == "" {
		return fmt.Sprintf("the centre answers with status %d", a.Status)
	}
	return fmt.Sprintf("the centre answers with status %d: %s", a.Status, a.Title)
}

// refused reads an answer that is no success. It need not be one of a centre: a proxy may
// have given it.
func refused(r *http.Response) error {
	a := &Answer{Status: r.StatusCode}
	if n, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && n > 0 {
		a.After = time.Duration(n) * time.Second
	}
	var p problem.Problem
	said, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if json.Unmarshal(said, &p) == nil && p.Status == r.StatusCode {
		a.Slug, a.Title = p.Slug(), p.Title
		if p.Detail != "" {
			a.Title = p.Detail
		}
		var m protocol.Mark
		if p.Mark != nil && json.Unmarshal(p.Mark, &m) == nil {
			a.Mark = &m
		}
	}
	return a
}
