package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHowCustomersAreWrittenToIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cubby.toml")
	c, err := Parse(path, shortest+`
[messages]
send = true
from = "Parcels <parcels@shop.example>"
mail_server = "smtp.example.com:587"
mail_user = "parcels"
mail_password_file = "mail.key"
sms_gateway = "https://sms.example.com/v1"
sms_sender = "Cubby"
sms_country = "+49"
templates_dir = "texts"
quiet_from = 22
merge_minutes = 0
`)
	if err != nil {
		t.Fatal(err)
	}
	n := c.Messages.Notify([]string{"en"})
	if n.Email.Server != "smtp.example.com:587" || n.Email.TLS != "starttls" || n.SMS.Parts != 3 ||
		n.SMS.Country != "+49" ||
		n.Email.KeyFile != filepath.Join(filepath.Dir(path), "mail.key") ||
		n.Templates != filepath.Join(filepath.Dir(path), "texts") || n.Quiet.From != 22 || n.Quiet.To != 8 ||
		n.Merge != 0 || n.Remind != 24*time.Hour || n.Expiring != 3*time.Hour || n.ADay != 3 {
		t.Errorf("it is read as %+v, %+v, %+v", n, n.Email, n.SMS)
	}
}

func TestEachMistakeAboutMessagesIsTold(t *testing.T) {
	for _, c := range []struct{ name, text, key string }{
		{"nothing to send by", "send = true", "messages.send"},
		{"no port", "send = true\nmail_server = \"smtp.example.com\"\nfrom = \"a@b.example\"", "messages.mail_server"},
		{"in clear over the network", "send = true\nmail_server = \"smtp.example.com:25\"\nmail_tls = \"none\"\n" +
			"from = \"a@b.example\"", "messages.mail_server"},
		{"no sender", "send = true\nmail_server = \"127.0.0.1:25\"\nmail_tls = \"none\"", "messages.from"},
		{"no password", "send = true\nmail_server = \"127.0.0.1:25\"\nfrom = \"a@b.example\"\nmail_user = \"u\"",
			"messages.mail_password_file"},
		{"a gateway in clear", "send = true\nsms_gateway = \"http://sms.example.com\"", "messages.sms_gateway"},
		{"a sender that is too long", "send = true\nsms_gateway = \"https://sms.example.com\"\n" +
			"sms_sender = \"Parcel Station\"", "messages.sms_sender"},
		{"a country in words", "send = true\nsms_gateway = \"https://sms.example.com\"\nsms_country = \"DE\"",
			"messages.sms_country"},
		{"quiet for ever", "quiet_from = 24", "messages.quiet_from"},
		{"a key nobody knows", "sent = true", "messages.sent"},
	} {
		_, err := Parse("cubby.toml", shortest+"\n[messages]\n"+c.text+"\n")
		if err == nil || !strings.Contains(err.Error(), c.key+": ") {
			t.Errorf("%s is told as %v", c.name, err)
		}
	}
	if _, err := Parse("cubby.toml", shortest+"\n[messages]\nmail_server = \"x\"\n"); err != nil {
		t.Errorf("what is switched off is told: %v", err)
	}
}
