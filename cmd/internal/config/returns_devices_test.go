package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProvidersAndCamerasAreRead(t *testing.T) {
	folder := t.TempDir()
	c, err := Parse(filepath.Join(folder, "cubby.toml"), shortest+`
[[refund_provider]]
name = "bank"
tenders = ["card", "transfer"]
url = "https://api.stripe.com"
key_file = "bank.key"
[[camera]]
name = "counter"
url = "http://192.168.0.20/snapshot.jpg"
[[camera]]
name = "door"
command = ["/usr/bin/fswebcam", "-"]
timeout_s = 3
[label_printer]
port = "/dev/l"
[[terminal]]
name = "kiosk"
label_printer = "none"
[[terminal]]
name = "desk"
kind = "desk"
camera = "counter"
`)
	if err != nil {
		t.Fatal(err)
	}
	if all := c.Providers(); len(all) != 1 || all[0].KeyFile != filepath.Join(folder, "bank.key") ||
		all[0].Timeout != 20*time.Second || all[0].URL != "https://api.stripe.com" {
		t.Errorf("%+v", all)
	}
	if all := c.Snapshots(); len(all) != 2 || all[0].Device != "camera counter" ||
		all[1].Timeout != 3*time.Second ||
		len(all[1].Command) != 2 {
		t.Errorf("%+v", all)
	}
	kiosk, _ := c.TerminalNamed("kiosk")
	desk, _ := c.TerminalNamed("desk")
	if kiosk.CameraDevice() != "" || desk.CameraDevice() != "camera counter" ||
		c.LabelPrinterDevice(kiosk) != "" || c.LabelPrinterDevice(desk) != "label printer" {
		t.Errorf("%+v\n%+v", kiosk, desk)
	}
}

func TestProvidersAndCamerasThatCannotBeAreRefused(t *testing.T) {
	provider := func(more string) string {
		return "[[refund_provider]]\nname = \"bank\"\nurl = \"https://a.example\"\nkey_file = \"k\"\n" + more
	}
	for _, c := range []struct{ name, tables, said string }{
		{"a key in the clear", strings.Replace(provider(""), "https", "http", 1), "is not encrypted"},
		{"a password in the address", strings.Replace(provider(""), "//a", "//me:pw@a", 1), "leave out user"},
		{"the name of the centre", strings.Replace(provider(""), "bank", "centre", 1), "another name"},
		{"cash", provider("tenders = [\"cash\"]"), "cannot be paid back by a provider"},
		{"points", provider("tenders = [\"points\"]"), "one of card, transfer, invoice, other"},
		{"no tenders", provider("tenders = []"), "at least one of card"},
		{"one tender by two", provider("") + strings.Replace(provider(""), "bank", "other", 1), "by bank already"},
		{"one name for two", provider("") + provider("tenders = [\"other\"]"), "named twice"},
		{"no key", "[[refund_provider]]\nname = \"bank\"\nurl = \"https://a.example\"", "refund_provider.key_file"},
		{"an empty key", strings.Replace(provider(""), `"k"`, `""`, 1), "the file with the secret key"},
		{"no time", provider("timeout_s = 1"), "from 2 to 120"},
		{"a camera far away", "[[camera]]\nname = \"a\"\nurl = \"http://8.8.8.8/x\"", "private network"},
		{"a camera without anything", "[[camera]]\nname = \"a\"", "an url or a command"},
		{"a camera of both",
			"[[camera]]\nname = \"a\"\nurl = \"http://10.0.0.1\"\ncommand = [\"/bin/x\"]", "one of the two"},
		{"a program without its path", "[[camera]]\nname = \"a\"\ncommand = [\"fswebcam\"]", "with the whole path"},
		{"two cameras of one name", "[[camera]]\nname = \"a\"\nurl = \"http://10.0.0.1\"\n" +
			"[[camera]]\nname = \"a\"\nurl = \"http://10.0.0.2\"", "named twice"},
		{"a camera nobody has", "[[terminal]]\nname = \"kiosk\"\ncamera = \"x\"", "there is no [[camera]]"},
		{"a label printer nobody has", "[[terminal]]\nname = \"kiosk\"\nlabel_printer = \"label_printer\"",
			"describe it under [label_printer]"},
	} {
		if _, err := Parse("c.toml", shortest+"\n"+c.tables+"\n"); err == nil ||
			!strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
