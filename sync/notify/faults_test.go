package notify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/notify/notifytest"
)

// one is the first message there is.
func (w *world) one() Message {
	w.t.Helper()
	all, err := w.Messages(w.t.Context(), Filter{})
	if err != nil || len(all) == 0 {
		w.t.Fatalf("messages: %+v, %v", all, err)
	}
	return all[len(all)-1]
}

func TestAMailServerThatMisbehaves(t *testing.T) {
	cut := func(c *smtp.Conn) error { return c.Conn().Close() }
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	for _, c := range []struct {
		name   string
		rcpt   func(string) error
		data   func(*smtp.Conn) error
		state  State
		reason string
		heard  int // times the server had the whole message
	}{
		{"refuses the recipient for good", func(string) error { return notifytest.Refuse(550) }, nil, Failed,
			"for this recipient (550 5.1.1)", 0},
		{"refuses the recipient for now", func(string) error { return notifytest.Refuse(450) }, nil, Waiting,
			"for this recipient (450 4.1.1)", 0},
		{"refuses what it is told for good", nil, func(*smtp.Conn) error { return notifytest.Refuse(554) }, Failed,
			"does not take this message (554 5.1.1)", 1},
		{"has no room now", nil, func(*smtp.Conn) error { return notifytest.Refuse(452) }, Waiting,
			"does not take this message (452 4.1.1)", 1},
		{"drops the connection after the message", nil, cut, Waiting, "did not say whether it took", 1},
		{"does not answer for long", nil, func(*smtp.Conn) error {
			<-never
			return nil
		}, Waiting, "did not say whether it took", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := notifytest.NewPost(t, nil, nil)
			p.Behave(c.rcpt, c.data)
			w := newWorld(t, dbtest.SQLite(t), func(cfg *Config) {
				mailTo(p)(cfg)
				cfg.Email.Timeout = time.Second
			})
			w.hear(w.stored("P-1", code1, pin1), ann)
			w.deliver(10 * time.Minute)
			m := w.one()
			if m.State != c.state || !strings.Contains(m.Reason, c.reason) || len(p.All()) != c.heard {
				t.Fatalf("it is %s, because %q, and the server has %d", m.State, m.Reason, len(p.All()))
			}
			if log := w.logs.String(); strings.Contains(log, ann.Email) || !strings.Contains(log, c.reason) {
				t.Errorf("the log says\n%s", log)
			}
			if c.state == Failed {
				if detail, err := w.Trouble(t.Context()); err != nil || !strings.Contains(detail, c.reason) ||
					!strings.Contains(detail, "1 of the last 24 hours have failed, the newest about parcels/P-1") {
					t.Errorf("staff are told %q, %v", detail, err)
				}
				return
			}
			p.Behave(nil, nil)
			w.deliver(time.Hour)
			if m := w.one(); m.State != Sent || m.Attempts != 2 {
				t.Fatalf("tried again it is %s after %d attempts", m.State, m.Attempts)
			}
			got := p.All()
			for _, r := range got { // whoever has it twice can tell
				id := notifytest.Open(t, r.Text).Header.Get("Message-Id")
				if id != notifytest.Open(t, got[0].Text).Header.Get("Message-Id") ||
					!strings.HasSuffix(id, "@shop.example>") {
					t.Errorf("it has the Message-ID %s", id)
				}
			}
		})
	}
}

func TestWhatCannotBeSentInTimeHasFailed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := &notifytest.Post{Addr: l.Addr().String()}
	l.Close()
	w := newWorld(t, dbtest.SQLite(t), mailTo(nobody))
	w.hear(w.stored("P-1", code1, pin1), ann)
	for range 75 {
		w.deliver(time.Hour)
	}
	if m := w.one(); m.State != Failed || !strings.Contains(m.Reason, "cannot be reached") || m.Attempts < 10 {
		t.Errorf("it is %s after %d attempts: %s", m.State, m.Attempts, m.Reason)
	}
}

func TestWhatAnEmailCouldNotTellGoesBySMS(t *testing.T) {
	p, g := notifytest.NewPost(t, nil, nil), notifytest.NewGateway(t)
	p.Behave(func(string) error { return notifytest.Refuse(550) }, nil)
	w := newWorld(t, dbtest.SQLite(t), both(p, g))
	w.hear(w.stored("P-1", code1, pin1), ann)
	w.deliver(10 * time.Minute)
	if m := w.one(); m.State != Sent || m.Channel != bySMS {
		t.Fatalf("it is %s by %s: %s", m.State, m.Channel, m.Reason)
	}
	got := g.All()
	if len(got) != 1 || got[0].To != "+491701234567" || !strings.Contains(got[0].Text, "1234 5678") ||
		strings.Contains(got[0].Text, code1) || got[0].Parts != Parts(got[0].Text) || got[0].From != "Cubby" {
		t.Errorf("the gateway has %+v", got)
	}
}

func both(p *notifytest.Post, g *notifytest.Gateway) func(*Config) {
	return func(c *Config) {
		if p != nil {
			mailTo(p)(c)
		}
		c.SMS = &Gateway{URL: g.URL, Sender: "Cubby", Country: "+49", Timeout: time.Second}
	}
}

func TestAGatewayThatMisbehaves(t *testing.T) {
	for _, c := range []struct {
		name    string
		does    notifytest.Does
		state   State
		reason  string
		already bool // it took the message although it did not say so
	}{
		{"500", notifytest.Does{Status: 500}, Waiting, "said 500", false},
		{"429 with a time", notifytest.Does{Status: 429, RetryAfter: "7200"}, Waiting, "said 429", false},
		{"503 with a date", notifytest.Does{Status: 503, RetryAfter: time.Now().Add(2 * time.Hour).UTC().
			Format("Mon, 02 Jan 2006 15:04:05 GMT")}, Waiting, "said 503", false},
		{"401", notifytest.Does{Status: 401}, Waiting, "is its key right?", false},
		{"400", notifytest.Does{Status: 400}, Failed, "said 400", false},
		{"a way to somebody else", notifytest.Does{Status: 307}, Waiting, "said 307", false},
		{"it hangs", notifytest.Does{Hangs: true}, Waiting, "did not answer", false},
		{"it takes it and hangs", notifytest.Does{Hangs: true, Takes: true}, Waiting, "did not answer", true},
		{"it takes it and cuts its answer", notifytest.Does{Cuts: true, Takes: true}, Waiting, "broke off", true},
		{"it has it already", notifytest.Does{Status: 409}, Sent, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := notifytest.NewGateway(t)
			g.Behave(c.does)
			w := newWorld(t, dbtest.SQLite(t), both(nil, g))
			w.hear(w.stored("P-1", code1, pin1), ann)
			w.deliver(10 * time.Minute)
			m := w.one()
			if m.State != c.state || !strings.Contains(m.Reason, c.reason) {
				t.Fatalf("it is %s, because %q", m.State, m.Reason)
			}
			if log := w.logs.String(); strings.Contains(log, "1234567") || strings.Contains(log, "1234 5678") ||
				strings.Contains(log, g.URL) {
				t.Errorf("the log says\n%s", log)
			}
			if c.state != Waiting {
				return
			}
			g.Behave(notifytest.Does{})
			if c.does.RetryAfter != "" {
				w.deliver(119 * time.Minute)
				if m := w.one(); m.Attempts != 1 {
					t.Fatal("it was tried again before it was asked to")
				}
			}
			w.deliver(time.Hour)
			if m := w.one(); m.State != Sent || m.Attempts != 2 {
				t.Fatalf("tried again it is %s after %d attempts: %s", m.State, m.Attempts, m.Reason)
			}
			got := g.All() // a gateway takes what it was told with one key once
			if len(got) != 1 || g.Asked() != 2 {
				t.Errorf("asked %d times, the gateway sends %d", g.Asked(), len(got))
			}
		})
	}
}

// A program that dies between the attempt and its end makes it again, under the same id.
func TestAnAttemptWhoseEndIsNotKnownIsMadeAgainUnderTheSameID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, at, mailTo(p))
		w.hear(w.stored("P-1", code1, pin1), ann)
		w.hear(w.stored("P-2", code2, pin2), ann)
		w.pass(10 * time.Minute)
		l := w.claimed()
		if err := w.send[byEmail].send(t.Context(), l); err != nil { // and the program dies
			t.Fatal(err)
		}
		w.deliver(time.Minute)
		if m := w.one(); m.State != Sending || len(p.All()) != 1 {
			t.Fatalf("it is %s, and was sent %d times, while somebody may be at it", m.State, len(p.All()))
		}
		w.hear(w.stored("P-3", code1, pin1), ann) // goes in a message of its own
		w.deliver(lease)
		w.deliver(10 * time.Minute)
		got := p.All()
		if len(got) != 3 {
			t.Fatalf("%d e-mails were sent", len(got))
		}
		var ids []string
		for _, r := range got {
			ids = append(ids, notifytest.Open(t, r.Text).Header.Get("Message-Id"))
		}
		if ids[0] != ids[1] || ids[1] == ids[2] {
			t.Errorf("their ids are %q", ids)
		}
	})
}

// claimed is the letter that is due, taken as an attempt begins.
func (w *world) claimed() (l *letter) {
	w.t.Helper()
	if err := w.d.Write(w.t.Context(), func(tx *db.Tx) (err error) {
		l, _, _, err = w.claim(tx, w.clock())
		return err
	}); err != nil || l == nil {
		w.t.Fatalf("nothing is due: %v", err)
	}
	return l
}

func TestTwoProgramsOnOneDatabaseSendAMessageOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, at, mailTo(p))
		for _, id := range []string{"P-1", "P-2", "P-3", "P-4", "P-5", "P-6"} {
			w.hear(w.stored(id, code1, pin1), Person{Email: id + "@example.org"})
		}
		other := newWorld(t, at, mailTo(p))
		w.pass(10 * time.Minute)
		other.pass(10 * time.Minute)
		done := make(chan error, 1)
		go func() { done <- other.round(t.Context()) }()
		w.deliver(0)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		var to []string
		for _, r := range p.All() {
			to = append(to, r.To...)
		}
		slices.Sort(to)
		if len(slices.Compact(slices.Clone(to))) != 6 || len(to) != 6 {
			t.Errorf("e-mail went to %q", to)
		}
	})
}

func TestAnSMSIsNotTriedAgainAtNight(t *testing.T) {
	g := notifytest.NewGateway(t)
	g.Behave(notifytest.Does{Status: 500})
	w := newWorld(t, dbtest.SQLite(t), both(nil, g))
	w.pass(8*time.Hour + 45*time.Minute) // 20:45
	w.hear(w.stored("P-1", code1, pin1), Person{Phone: "0170 1234567"})
	w.deliver(10 * time.Minute)
	g.Behave(notifytest.Does{})
	w.deliver(time.Hour)
	if len(g.All()) != 0 || g.Asked() != 1 {
		t.Fatalf("at night the gateway was asked %d times", g.Asked())
	}
	w.deliver(10*time.Hour + 5*time.Minute)
	if len(g.All()) != 1 {
		t.Errorf("in the morning it is %s", w.one().State)
	}
}

func TestManySMSArePartedByWhatFits(t *testing.T) {
	g := notifytest.NewGateway(t)
	w := newWorld(t, dbtest.SQLite(t), both(nil, g))
	for _, id := range []string{"P-1", "P-2", "P-3", "P-4", "P-5", "P-6", "P-7", "P-8"} {
		w.hear(w.stored(id+"-"+strings.Repeat("x", 40), code1, pin1), Person{Phone: "0170 1234567"})
	}
	w.deliver(10 * time.Minute)
	told := 0
	for _, m := range g.All() {
		told += strings.Count(m.Text, "PIN 1234 5678")
		if Parts(m.Text) > 3 {
			t.Errorf("an SMS has %d parts: %s", Parts(m.Text), m.Text)
		}
	}
	if told != 8 || len(g.All()) < 2 {
		t.Errorf("%d of 8 PINs were told in %d SMS", told, len(g.All()))
	}
}

func TestAnAddressThatIsTooLongForAnSMSIsLeftOut(t *testing.T) {
	g := notifytest.NewGateway(t)
	w := newWorld(t, dbtest.SQLite(t), both(nil, g))
	far := hall
	far.Address = strings.Repeat("Long Street ", 60)
	w.hearAt(w.stored("P-1", code1, pin1), ann, far)
	w.deliver(10 * time.Minute)
	if got := g.All(); len(got) != 1 || !strings.Contains(got[0].Text, "1234 5678") || Parts(got[0].Text) > 3 {
		t.Errorf("the gateway has %+v", got)
	}
}

// certified makes a certificate for 127.0.0.1.
func certified(t *testing.T) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

func TestEmailGoesOverTLSOrNotAtAll(t *testing.T) {
	cert, pool := certified(t)
	over := &tls.Config{Certificates: []tls.Certificate{cert}}
	starttls := func(s *smtp.Server) { s.TLSConfig = over }
	fromTheFirst := func(l net.Listener) net.Listener { return tls.NewListener(l, over) }
	key := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(key, []byte("right horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, tls, user string
		trusted         bool
		change          func(*smtp.Server)
		wrap            func(net.Listener) net.Listener
		sent            bool
	}{
		{"STARTTLS", "starttls", "", true, starttls, nil, true},
		{"STARTTLS, signed in", "starttls", "parcels", true, starttls, nil, true},
		{"STARTTLS with a wrong name", "starttls", "nobody", true, starttls, nil, false},
		{"TLS from the first byte", "tls", "parcels", true, nil, fromTheFirst, true},
		{"a certificate of a stranger", "starttls", "", false, starttls, nil, false},
		{"a server that offers no TLS", "starttls", "", true, nil, nil, false},
		{"no TLS where TLS is expected", "tls", "", true, nil, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := notifytest.NewPost(t, c.change, c.wrap)
			p.SignIn("parcels", "right horse")
			w := newWorld(t, dbtest.SQLite(t), func(cfg *Config) {
				cfg.Email = &SMTP{Server: p.Addr, TLS: c.tls, User: c.user, KeyFile: key,
					From: "parcels@shop.example", Timeout: time.Second, Roots: new(tls.Config)}
				if c.trusted {
					cfg.Email.Roots.RootCAs = pool
				}
			})
			w.hear(w.stored("P-1", code1, pin1), ann)
			w.deliver(10 * time.Minute)
			if m := w.one(); (m.State == Sent) != c.sent || (len(p.All()) == 1) != c.sent {
				t.Errorf("it is %s: %s", m.State, m.Reason)
			}
			if strings.Contains(w.logs.String(), "horse") {
				t.Error("the log has the password")
			}
		})
	}
}

func TestSettingsThatCannotBeAreAllTold(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.WriteFile(open, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, dbtest.SQLite(t), nil)
	for _, c := range []struct {
		name   string
		change func(*Config)
		says   string
	}{
		{"a key that is too short", func(c *Config) { c.Key = []byte("short") }, "has 5 bytes, not 32"},
		{"a server without a port", func(c *Config) { c.Email.Server = "smtp.example.com" }, "is no mail server"},
		{"no TLS over the network", func(c *Config) { c.Email.Server, c.Email.TLS = "smtp.example.com:25", "none" },
			"without TLS to this machine only"},
		{"TLS of another kind", func(c *Config) { c.Email.TLS = "ssl" }, "one of starttls, tls, none"},
		{"a sender that ends its line", func(c *Config) { c.Email.From = "a@b.example\r\nBcc: c@d.example" },
			"is no sender"},
		{"two senders", func(c *Config) { c.Email.From = "a@b.example, c@d.example" }, "is no sender"},
		{"a password that others can read", func(c *Config) { c.Email.KeyFile = open }, "chmod 600"},
		{"a password file that is not there", func(c *Config) { c.Email.KeyFile = dir + "/none" }, "cannot be read"},
		{"a gateway in clear", func(c *Config) { c.SMS.URL = "http://sms.example.com/" }, "https://"},
		{"a gateway with a password in its address", func(c *Config) { c.SMS.URL = "https://a:b@sms.example.com/" },
			"the gateway's address is none"},
		{"a sender that is too long", func(c *Config) { c.SMS.Sender = "The Parcel Station" }, "is no sender"},
		{"a country in words", func(c *Config) { c.SMS.Country = "Germany" }, "no country's prefix"},
	} {
		cfg := w.cfg
		cfg.Email = &SMTP{Server: "127.0.0.1:25", TLS: "none", From: "a@b.example"}
		cfg.SMS = &Gateway{URL: "https://sms.example.com/"}
		c.change(&cfg)
		if _, err := New(w.d, cfg); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s is told as %v", c.name, err)
		}
	}
}
