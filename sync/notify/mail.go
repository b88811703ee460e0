package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	qrcode "github.com/skip2/go-qrcode"
	gomail "github.com/wneessen/go-mail"
)

// SMTP is the mail server that takes e-mail.
type SMTP struct {
	Server  string // host:port
	TLS     string // "starttls" (required), "tls" (from the first byte), "none" (this machine only)
	User    string // empty: nobody signs in
	KeyFile string // with the password in one line
	From    string // such as "Cubby <parcels@shop.example>"
	Timeout time.Duration
	Roots   *tls.Config // nil: the machine's
}

type mailer struct {
	s       SMTP
	host    string
	port    int
	from    *mail.Address
	domain  string
	now     func() time.Time
	options []gomail.Option
}

func newMailer(s SMTP, now func() time.Time) (*mailer, error) {
	if err := errors.Join(s.CheckServer(), s.CheckFrom()); err != nil {
		return nil, err
	}
	m := &mailer{s: s, now: now}
	host, port, _ := net.SplitHostPort(s.Server)
	m.host = host
	m.port, _ = strconv.Atoi(port)
	m.from, _ = mail.ParseAddress(s.From)
	_, m.domain, _ = strings.Cut(m.from.Address, "@")
	if m.s.Timeout <= 0 {
		m.s.Timeout = 30 * time.Second
	}
	m.options = []gomail.Option{
		gomail.WithPort(m.port), gomail.WithTimeout(m.s.Timeout), gomail.WithHELO(m.domain), gomail.WithoutNoop(),
	}
	switch s.TLS {
	case "starttls":
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		m.options = append(m.options, gomail.WithSSL())
	case "none":
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.Roots != nil {
		config = s.Roots.Clone()
	}
	config.ServerName = host
	m.options = append(m.options, gomail.WithTLSConfig(config))
	_, err := readSecret(s.KeyFile)
	return m, err
}

// CheckServer says what is wrong with the server's address and how it is spoken to.
func (s SMTP) CheckServer() error {
	host, port, err := net.SplitHostPort(s.Server)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || host == "" || n < 1 || n > 65535 {
		return errors.New("this is no mail server: it needs an address and a port, such as " +
			"\"smtp.example.com:587\"")
	}
	switch {
	case s.TLS == "none" && !loopback(host):
		return errors.New("e-mail goes without TLS to this machine only: use starttls or tls")
	case s.TLS != "none" && s.TLS != "tls" && s.TLS != "starttls":
		return fmt.Errorf("TLS is %q: one of starttls, tls, none", s.TLS)
	}
	return nil
}

// CheckFrom says what is wrong with the sender.
func (s SMTP) CheckFrom() error {
	from, err := mail.ParseAddress(s.From)
	if err != nil || CheckEmail(from.Address) != nil || oneLine(from.Name) != from.Name {
		return fmt.Errorf("%q is no sender: an address such as \"Parcels <parcels@shop.example>\"", s.From)
	}
	return nil
}

// message makes the e-mail of a letter. The same letter has the same Message-ID whenever
// it is tried.
func (m *mailer) message(l *letter) (*gomail.Msg, error) {
	if err := CheckEmail(l.address); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(&mail.Address{Address: l.address})
	msg.Subject(l.subject)
	msg.SetMessageIDWithValue(l.id + "@" + m.domain)
	msg.SetDateWithValue(m.now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	msg.SetBodyString(gomail.TypeTextPlain, l.text)
	msg.AddAlternativeString(gomail.TypeTextHTML, l.html)
	for i, c := range l.codes {
		q, err := qrcode.New(c.text, qrcode.Medium)
		if err != nil {
			return nil, err
		}
		image, err := q.PNG(-8) // 8 pixels for each module
		if err != nil {
			return nil, err
		}
		if err := msg.EmbedReader(fmt.Sprintf("code%d.png", i+1), bytes.NewReader(image),
			gomail.WithFileContentID(c.cid), gomail.WithFileContentType("image/png")); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

func (m *mailer) send(ctx context.Context, l *letter) error {
	msg, err := m.message(l)
	if err != nil {
		return &failure{reason: "the e-mail cannot be written", final: true}
	}
	options := m.options
	if m.s.User != "" {
		password, err := readSecret(m.s.KeyFile)
		if err != nil {
			return &failure{reason: err.Error()}
		}
		options = append(options[:len(options):len(options)], gomail.WithUsername(m.s.User),
			gomail.WithPassword(password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	client, err := gomail.NewClient(m.host, options...)
	if err != nil {
		return &failure{reason: "the mail server's settings do not fit"}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what went wrong came after the server had taken it
		return nil
	}
	return judgeMail(err)
}

// judgeMail says what an error means for the message. The words of the server are not
// repeated: they may name the address.
func judgeMail(err error) error {
	var why *gomail.SendError
	if !errors.As(err, &why) {
		return &failure{reason: "the mail server cannot be reached, or does not take our sign-in"}
	}
	code := why.ErrorCode()
	said := ""
	if code > 0 {
		said = fmt.Sprintf(" (%d %s)", code, why.EnhancedStatusCode())
		said = strings.Replace(said, " )", ")", 1)
	}
	lasting := code >= 500 && code < 600
	switch why.Reason {
	case gomail.ErrSMTPRcptTo:
		return &failure{reason: "the mail server does not take mail for this recipient" + said, final: lasting}
	case gomail.ErrSMTPDataClose, gomail.ErrSMTPData:
		if code == 0 {
			return &failure{reason: "the mail server did not say whether it took the message"}
		}
		return &failure{reason: "the mail server does not take this message" + said, final: lasting}
	case gomail.ErrSMTPMailFrom:
		return &failure{reason: "the mail server does not take mail from our address" + said}
	}
	return &failure{reason: "the mail server broke off" + said}
}
