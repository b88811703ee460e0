// Package notifytest gives tests a mail server and an SMS gateway that run in the test and
// behave as they are told, and reads e-mail as its receiver does.
package notifytest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A Post is a mail server.
type Post struct {
	Addr string // HOST:PORT

	mu       sync.Mutex // guards what follows
	received []Received
	user     string // who has to sign in; empty: nobody does
	password string
	rcpt     func(to string) error
	data     func(c *smtp.Conn) error
}

// Received is an e-mail as it came.
type Received struct {
	From string
	To   []string
	Text []byte
}

type session struct {
	p    *Post
	conn *smtp.Conn
	got  Received
}

func (s *session) Reset()        { s.got = Received{} }
func (s *session) Logout() error { return nil }

// AuthMechanisms offers signing in, where somebody may.
func (s *session) AuthMechanisms() []string {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.p.mu.Lock()
		defer s.p.mu.Unlock()
		if user != s.p.user || password != s.p.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.got.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.p.mu.Lock()
	refuse := s.p.rcpt
	s.p.mu.Unlock()
	if refuse != nil {
		if err := refuse(to); err != nil {
			return err
		}
	}
	s.got.To = append(s.got.To, to)
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.got.Text, err = io.ReadAll(r); err != nil {
		return err
	}
	s.p.mu.Lock()
	s.p.received = append(s.p.received, s.got)
	answer := s.p.data
	s.p.mu.Unlock()
	if answer != nil {
		return answer(s.conn)
	}
	return nil
}

// NewPost starts a mail server that ends with the test. change sets it up, wrap puts its
// listener into TLS; both may be nil.
func NewPost(t testing.TB, change func(*smtp.Server), wrap func(net.Listener) net.Listener) *Post {
	t.Helper()
	p := new(Post)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{p: p, conn: c}, nil
	}))
	server.Domain, server.ReadTimeout, server.WriteTimeout = "localhost", 20*time.Second, 20*time.Second
	server.ErrorLog = quietLog{}
	if change != nil {
		change(server)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.Addr = l.Addr().String()
	if wrap != nil {
		l = wrap(l)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return p
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

// All is what it has received; also what it did not acknowledge.
func (p *Post) All() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.received)
}

// SignIn has it offer signing in, to this user only.
func (p *Post) SignIn(user, password string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.user, p.password = user, password
}

// Behave has it answer recipients and messages so from now on; nil: it takes all.
func (p *Post) Behave(rcpt func(string) error, data func(*smtp.Conn) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rcpt, p.data = rcpt, data
}

// An Opened e-mail is what its reader sees.
type Opened struct {
	Header     mail.Header
	Subject    string
	Text, HTML string
	Images     map[string][]byte // PNG, by Content-ID
}

// Open reads an e-mail.
func Open(t testing.TB, raw []byte) Opened {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	o := Opened{Header: m.Header, Images: map[string][]byte{}}
	if o.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	if err := o.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return o
}

func (o *Opened) part(kind, encoding, cid string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return err
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := o.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"),
				strings.Trim(p.Header.Get("Content-ID"), "<>"), p); err != nil {
				return err
			}
		}
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	switch media {
	case "text/plain":
		o.Text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "text/html":
		o.HTML = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "image/png":
		o.Images[cid] = content
	}
	return nil
}

// Refuse is an answer of a mail server with a code of its own; 4xx may be tried again.
func Refuse(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "not this one"}
}
