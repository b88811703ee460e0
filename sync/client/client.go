// Package client speaks to a station's REST endpoint: over the Unix socket for
// the touchscreen and the staff's tools, over HTTP with an API key for others.
//
// A Client keeps a few idle connections and nothing else; it is safe for
// concurrent use. Answers that are not successes come back as
// *problem.Problem, whose text says what is wrong and what to do. Only Views
// tries again by itself; every other call is one request.
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cubby/sync/problem"
)

const (
	patience   = 15 * time.Second // for one ordinary request
	mostAnswer = 16 << 20         // bytes of one answer
)

// A Client is one way to one station. Make it with New.
type Client struct {
	terminal string // see At
	badge    string // see As
	http     *http.Client
	base     string // scheme and authority
	token    string
}

// New makes a client of a station at "unix:PATH", "http://HOST:PORT" or
// "https://HOST:PORT". The token is an API key; the Unix socket needs none.
// Nothing is sent yet.
func New(target, token string) (*Client, error) {
	transport := &http.Transport{
		MaxIdleConns:          8,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       time.Minute,
		ResponseHeaderTimeout: 75 * time.Second, // above the longest long poll
		TLSHandshakeTimeout:   5 * time.Second,
	}
	dialer := &net.Dialer{Timeout: 3 * time.Second}
	transport.DialContext = dialer.DialContext
	base := strings.TrimSuffix(target, "/")
	if path, ok := strings.CutPrefix(target, "unix:"); ok {
		if path == "" {
			return nil, errors.New("the address unix: needs the path of the station's socket behind it")
		}
		base = "http://localhost"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		}
	} else if u, err := url.Parse(base); err != nil || u.Scheme != "http" && u.Scheme != "https" ||
		u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%q is not a station's address; give unix:PATH, http://HOST:PORT or "+
			"https://HOST:PORT", target)
	}
	return &Client{
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base:  base,
		token: token,
	}, nil
}

// As returns a client of the same station that names somebody of the staff, by what the
// QR code of their badge says, wherever the endpoint asks who does something. The empty
// badge names nobody.
func (c *Client) As(badge string) *Client {
	as := *c
	as.badge = badge
	return &as
}

// Close drops the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// A call is one request.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	body         any       // sent as JSON unless nil
	raw          io.Reader // sent as it is, where body is nil
	media        string    // of raw
	named        bool      // somebody of the staff may be named
}

// do sends a call and decodes a successful answer into into, unless it is nil.
func (c *Client) do(ctx context.Context, q call, into any) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, body, err := c.fetch(ctx, q)
	if err != nil || into == nil {
		return r, err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return r, fmt.Errorf("the station's answer to %s %s cannot be read: %w", q.method, q.path, err)
	}
	return r, nil
}

// fetch sends a call and reads the answer; any status but 2xx is a Problem.
func (c *Client) fetch(ctx context.Context, q call) (*http.Response, []byte, error) {
	r, err := c.open(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, mostAnswer+1))
	if err != nil {
		return r, nil, fmt.Errorf("the station's answer broke off: %w", err)
	}
	if len(body) > mostAnswer {
		return r, nil, fmt.Errorf("the station's answer is longer than %d bytes", mostAnswer)
	}
	if r.StatusCode < 200 || r.StatusCode > 299 {
		media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		return r, nil, problem.Read(r.StatusCode, media, body)
	}
	return r, body, nil
}

// open sends a call and hands over the answer with its body unread.
func (c *Client) open(ctx context.Context, q call) (*http.Response, error) {
	var body io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	} else if q.raw != nil {
		body = q.raw
	}
	address := c.base + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return nil, err
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	if body != nil {
		r.Header.Set("Content-Type", cmp.Or(q.media, "application/json"))
	}
	if q.named && c.badge != "" {
		r.Header.Set("Cubby-Staff", c.badge)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the station does not answer: %w", err)
	}
	return answer, nil
}
