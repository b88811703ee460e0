package notify

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// A post is a mail server that runs in the test and behaves as it is told.
type post struct {
	addr string

	mu       sync.Mutex
	received []received
	rcpt     func(to string) error // nil: takes everybody
	data     func(s *smtp.Conn) error
}

type received struct {
	from string
	to   []string
	text []byte
}

type session struct {
	p    *post
	conn *smtp.Conn
	got  received
}

func (s *session) Reset()                                      { s.got = received{} }
func (s *session) Logout() error                               { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.got.from = from; return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.p.mu.Lock()
	refuse := s.p.rcpt
	s.p.mu.Unlock()
	if refuse != nil {
		if err := refuse(to); err != nil {
			return err
		}
	}
	s.got.to = append(s.got.to, to)
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.got.text, err = io.ReadAll(r); err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.received = append(s.p.received, s.got)
	if s.p.data != nil {
		return s.p.data(s.conn)
	}
	return nil
}

// newPost starts a mail server; its connections have no TLS unless wrap gives one.
func newPost(t testing.TB, change func(*smtp.Server), wrap func(net.Listener) net.Listener) *post {
	t.Helper()
	p := new(post)
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
	p.addr = l.Addr().String()
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

func (p *post) all() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]received(nil), p.received...)
}

func (p *post) behave(rcpt func(string) error, data func(*smtp.Conn) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rcpt, p.data = rcpt, data
}

// An opened e-mail is what its reader sees.
type opened struct {
	header     mail.Header
	subject    string
	text, html string
	codes      map[string]string // what the QR code of each image says, by Content-ID
}

func open(t testing.TB, raw []byte) opened {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	o := opened{header: m.Header, codes: map[string]string{}}
	if o.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	if err := o.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return o
}

func (o *opened) part(kind, encoding, cid string, body io.Reader) error {
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
		o.text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "text/html":
		o.html = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "image/png":
		if o.codes[cid], err = readQR(content); err != nil {
			return err
		}
	}
	return nil
}

// readQR says what a QR code says.
func readQR(picture []byte) (string, error) {
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", err
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}
