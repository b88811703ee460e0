package config

import (
	"path/filepath"
	"time"

	"cubby/sync/notify"
)

// Messages says how customers are written to. The hub's file has the same table.
type Messages struct {
	Send bool `toml:"send" default:"false"`

	From             string `toml:"from" default:""`        // whose address e-mail bears
	MailServer       string `toml:"mail_server" default:""` // host:port; empty: no e-mail
	MailTLS          string `toml:"mail_tls" default:"starttls" oneof:"starttls,tls,none"`
	MailUser         string `toml:"mail_user" default:""` // empty: nobody signs in
	MailPasswordFile string `toml:"mail_password_file" default:""`

	SMSGateway string `toml:"sms_gateway" default:""` // empty: no SMS
	SMSKeyFile string `toml:"sms_key_file" default:""`
	SMSSender  string `toml:"sms_sender" default:""`
	SMSCountry string `toml:"sms_country" default:""` // for numbers without one
	SMSParts   int    `toml:"sms_parts" default:"3" min:"1" max:"6"`

	Help         string `toml:"help" default:""` // where customers get help
	TemplatesDir string `toml:"templates_dir" default:""`

	QuietFrom int           `toml:"quiet_from" default:"21" min:"0" max:"23"`
	QuietTo   int           `toml:"quiet_to" default:"8" min:"0" max:"23"`
	Remind    time.Duration `toml:"remind_hours" unit:"1h" default:"24" min:"0" max:"720"`
	Expiring  time.Duration `toml:"expiring_hours" unit:"1h" default:"3" min:"0" max:"72"`
	Merge     time.Duration `toml:"merge_minutes" unit:"1m" default:"10" min:"0" max:"60"`
	ADay      int           `toml:"a_day" default:"3" min:"1" max:"20"`
}

// Notify is the table as the package that sends takes it, without key, contacts, clock and
// log. languages are those of whoever sends, the usual one first.
func (m Messages) Notify(languages []string) notify.Config {
	c := notify.Config{
		Templates: m.TemplatesDir, Languages: languages, Quiet: notify.Quiet{From: m.QuietFrom, To: m.QuietTo},
		Remind: m.Remind, Expiring: m.Expiring, Merge: m.Merge, ADay: m.ADay,
	}
	if m.MailServer != "" {
		c.Email = &notify.SMTP{
			Server: m.MailServer, TLS: m.MailTLS, User: m.MailUser, KeyFile: m.MailPasswordFile, From: m.From,
		}
	}
	if m.SMSGateway != "" {
		c.SMS = &notify.Gateway{
			URL: m.SMSGateway, KeyFile: m.SMSKeyFile, Sender: m.SMSSender, Country: m.SMSCountry, Parts: m.SMSParts,
		}
	}
	return c
}

// Check calls wrong for every key of the table that cannot be.
func (m Messages) Check(wrong func(key, format string, args ...any)) {
	if !m.Send {
		return
	}
	if m.MailServer == "" && m.SMSGateway == "" {
		wrong("send", "is true, and nothing says how: set mail_server, sms_gateway or both")
	}
	if m.MailServer != "" {
		s := m.Notify(nil).Email
		if err := s.CheckServer(); err != nil {
			wrong("mail_server", "%v", err)
		}
		if err := s.CheckFrom(); err != nil {
			wrong("from", "%v", err)
		}
		if m.MailUser != "" && m.MailPasswordFile == "" {
			wrong("mail_password_file", "is empty, and mail_user signs in: the path of the file with the password")
		}
	}
	if m.SMSGateway != "" {
		if err := notify.CheckGatewayURL(m.SMSGateway); err != nil {
			wrong("sms_gateway", "%v", err)
		}
		if err := notify.CheckSender(m.SMSSender); err != nil {
			wrong("sms_sender", "%v", err)
		}
		if err := notify.CheckCountry(m.SMSCountry); err != nil {
			wrong("sms_country", "%v", err)
		}
	}
}

// Resolve makes the paths of the table absolute.
func (m *Messages) Resolve(folder string) {
	for _, p := range []*string{&m.MailPasswordFile, &m.SMSKeyFile, &m.TemplatesDir} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(folder, *p)
		}
	}
}

func (c *Config) checkMessages(r *reader) {
	c.Messages.Check(func(key, format string, args ...any) { r.refuse("messages."+key, format, args...) })
}
