package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/sync/db/dbtest"
)

func TestMain(m *testing.M) {
	defer dbtest.Stop()
	m.Run()
}

// write makes a hub's folder with a file that says what is given.
func write(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "cubbyhub.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func cubbyhub(t *testing.T, path, in string, args ...string) (string, error) {
	var out, errs bytes.Buffer
	err := run(t.Context(), append([]string{"--config", path}, args...), strings.NewReader(in), &out, &errs)
	return out.String(), err
}

func TestEachMistakeOfTheConfigurationIsToldWithItsLine(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"", "hub.name: is missing"},
		{"[hub]\nname = \"A\"\nlissen = \"x\"", ":3: hub.lissen: is not a key of this table: did you mean listen?"},
		{"[hub]\nname = \"A\"\nlisten = \"8480\"", ":3: hub.listen: is \"8480\""},
		{"[hub]\nname = \"A\"\nplain = \"0.0.0.0:80\"", ":3: hub.plain: is \"0.0.0.0:80\": what is not encrypted"},
		{"[hub]\nname = \"A\"\npublic_url = \"http://hub.example\"", ":3: hub.public_url: is"},
		{"[hub]\nname = \"A\"\npublic_url = \"https://hub.example/hub\"", ":3: hub.public_url: is"},
		{"[hub]\nname = \"A\"\ndatabase = \"mysql://x\"", ":3: hub.database: must be"},
		{"[hub]\nname = \"A\"\n[tls]\ncertificate = \"x.pem\"", ":4: tls.certificate: certificate and key belong"},
		{"[hub]\nname = \"A\"\ndata_dir = \"\"", ":3: hub.data_dir: is empty"},
		{"[hub]\nname = 7", ":2: hub.name: is the number 7"},
		{"[hub]\nname = \"A\"\n[messages]\nsend = true", ":4: messages.send: is true, and nothing says how"},
		{"[hub]\nname = \"A\"\n[messages]\nsend = true\nmail_server = \"smtp.example\"\nfrom = \"me\"",
			":5: messages.mail_server: this is no mail server"},
		{"[hub]\nname = \"A\"\n[messages]\nsend = true\nmail_server = \"127.0.0.1:25\"\nmail_tls = \"none\"\n" +
			"from = \"a@b.example\"\ntemplates_dir = \"nowhere\"", "nowhere is not a folder"},
		{shopOf(""), "shop.password"}, // which is not there
		{shopOf("url = \"http://shop.example/admin-api\""), "without TLS only a loopback address"},
		{shopOf("url = \"https://u:p@shop.example/\""), "the address of the admin API"},
		{shopOf("key_file = \"k\""), "give one of both"},
		{shopOf("user = \"\""), "give user and password_file"},
		{shopOf("poll_s = 0"), "from 1 to 3600"},
		{shopOf("pending_refunds = \"never\""), "one of wait, settle"},
		{shopOf("") + "[[vendure.places]]\nstation = \"s-2\"\nmethod = \"m\"\n", "means two stations"},
		{shopOf("") + "[[vendure.places]]\nstation = \"s-1\"\nmethod = \"n\"\nlocation = \"L\"\n",
			"two stock locations"},
		{shopOf("") + strings.TrimPrefix(shopOf(""), "[hub]\nname = \"A\"\n"), "as that of another shop"},
		{strings.Replace(shopOf(""), "\"A\"", "\"A\"\nrefunds = \"automatic\"", 1), "it has to be \"by hand\""},
	} {
		_, err := cubbyhub(t, write(t, c.text), "", "check")
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v\nis not told as %s", c.text, err, c.says)
		}
	}
}

// shopOf is a configuration with a shop, and one line that replaces another.
func shopOf(line string) string {
	text := "[hub]\nname = \"A\"\n[[vendure]]\nshop = \"acme\"\nurl = \"https://shop.example/admin-api\"\n" +
		"user = \"u\"\npassword_file = \"shop.password\"\n"
	key, _, _ := strings.Cut(line, " = ")
	if old := regexp.MustCompile(`(?m)^` + key + ` = .*\n`); line != "" && old.MatchString(text) {
		text = old.ReplaceAllString(text, line+"\n")
	} else if line != "" {
		text += line + "\n"
	}
	return text + "[[vendure.places]]\nstation = \"s-1\"\nmethod = \"m\"\n"
}

// The example has every key, with its default where it says so.
func TestTheExampleNamesEveryKey(t *testing.T) {
	source, err := os.ReadFile("../../packaging/cubbyhub.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse("cubbyhub.toml", string(source)); err != nil {
		t.Fatal(err)
	}
	plain, shops, _ := strings.Cut(string(source), "# [[vendure]]")
	shops = regexp.MustCompile(`(?m)^# (\[\[|[a-z_]+ = )`).ReplaceAllString("# [[vendure]]"+shops, "$1")
	c, err := parse("cubbyhub.toml", plain+shops)
	if err != nil || len(c.Vendure) != 1 || len(c.Vendure[0].Places) != 1 || c.Vendure[0].Poll != 5*time.Second {
		t.Errorf("with its shop it is %+v, %v", c, err)
	}
	tables := map[string]reflect.Type{}
	for i := range reflect.TypeFor[settings]().NumField() {
		table := reflect.TypeFor[settings]().Field(i)
		tables["\n["+table.Tag.Get("toml")+"]\n"] = table.Type
	}
	delete(tables, "\n[-]\n")
	delete(tables, "\n[vendure]\n") // lists of tables, not in use in the example
	tables["\n# [[vendure]]\n"] = reflect.TypeFor[vendureSettings]()
	tables["\n# [[vendure.places]]\n"] = reflect.TypeFor[placeSettings]()
	for name, table := range tables {
		_, below, ok := strings.Cut(string(source), name)
		if !ok {
			t.Errorf("there is no %s", name)
		}
		below, _, _ = strings.Cut(below, "\n[")
		below, _, _ = strings.Cut(below, "\n# [[")
		for j := range table.NumField() {
			tag := table.Field(j).Tag
			if table.Field(j).Type.Kind() == reflect.Slice {
				continue // a table of its own
			}
			key := regexp.MustCompile(`(?m)(^#[^\n]*\n)+(# )?` + tag.Get("toml") + ` = `)
			found := key.FindString(below)
			if found == "" {
				t.Errorf("%s has no %s with a comment", name, tag.Get("toml"))
			}
			said := strings.Join(strings.Fields(strings.ReplaceAll(found, "\n# ", " ")), " ")
			if d, ok := tag.Lookup("default"); ok && !strings.Contains(said, fmt.Sprintf("efault %q", d)) &&
				!strings.Contains(said, "Default "+d+".") && !strings.Contains(said, "Default: ") {
				t.Errorf("%s: the default %q is not told: %s", tag.Get("toml"), d, found)
			}
		}
	}
}

func TestTheKeyAndTheCertificateStayOverStartsAndOthersCannotReadThem(t *testing.T) {
	c, err := parse(write(t, ""), "[hub]\nname = \"A\"\npublic_url = \"https://hub.example\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(c.Hub.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	first, err := c.openTLS(now)
	if err != nil {
		t.Fatal(err)
	}
	leaf := first.config.Certificates[0].Leaf
	for _, name := range []string{"hub.example", "localhost", "127.0.0.1"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	again, err := c.openTLS(now)
	if err != nil || again.pin != first.pin || !again.config.Certificates[0].Leaf.Equal(leaf) {
		t.Errorf("it was made anew: %v", err)
	}
	c.Hub.PublicURL = "https://other.example"
	moved, err := c.openTLS(now)
	if err != nil || moved.pin != first.pin ||
		moved.config.Certificates[0].Leaf.VerifyHostname("other.example") != nil {
		t.Errorf("under another name: %v", err)
	}
	late, err := c.openTLS(now.AddDate(ownYears, 0, -1))
	if err != nil || late.pin != first.pin ||
		!late.config.Certificates[0].Leaf.NotAfter.After(leaf.NotAfter) {
		t.Errorf("it was not renewed: %v", err)
	}
	info, err := os.Stat(filepath.Join(c.Hub.DataDir, ownKey))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v: %v", info.Mode(), err)
	}
	if err := os.Chmod(filepath.Join(c.Hub.DataDir, ownKey), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.openTLS(now); err == nil {
		t.Error("a key that others can read was used")
	}
}

func TestADatabaseIsNotOpenedWithAnotherKey(t *testing.T) {
	path := write(t, "[hub]\nname = \"A\"\n")
	if _, err := cubbyhub(t, path, "", "user", "list"); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(filepath.Dir(path), "data", keyFile)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := cubbyhub(t, path, "", "user", "list"); err == nil {
		t.Error("a key was made for a database that has one")
	}
	if err := os.WriteFile(key, bytes.Repeat([]byte{9}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cubbyhub(t, path, "", "user", "list"); err == nil ||
		!strings.Contains(err.Error(), "another key") {
		t.Errorf("another key: %v", err)
	}
}

func TestUsersKeysAndStationsAreMadeAtTheCommandLine(t *testing.T) {
	path := write(t, "[hub]\nname = \"A\"\n")
	do := func(want, in string, args ...string) string {
		t.Helper()
		out, err := cubbyhub(t, path, in, args...)
		if err != nil || !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%q: %q, %v", args, out, err)
		}
		return out
	}
	do(`^[a-z2-7]{20}\n$`, "", "user", "add", "anna", "admin")
	do(`^$`, "correct horse\n", "user", "add", "bo", "viewer", "--password-stdin")
	do(`^anna +admin.*\nbo +viewer.*\n$`, "", "user", "list")
	do(`^$`, "battery staple\n", "user", "password", "bo", "--password-stdin")
	do(`^$`, "", "user", "remove", "bo")
	do(`^cubby_[A-Z2-7]{32}\n$`, "", "key", "add", "shop", "parcels:read", "parcels:write")
	do(`^shop .* parcels:read parcels:write\n$`, "", "key", "list")
	do(`^$`, "", "key", "revoke", "shop")
	do(
		`^https://127.0.0.1:8480/#code=\w{4}-\w{4}-\w{4}&pin=[\w-]{43}\n$`,
		"",
		"station",
		"invite",
		"Main street",
		"--address",
		"Main street 1",
		"--lat",
		"52.5",
		"--lon",
		"13.4",
	)
	do(`^s-\w{8} +Main street +invited +0 parcels +0 troubles\n$`, "", "station", "list")
	do(`the configuration is right`, "", "check")
	for _, args := range [][]string{
		{"user", "add", "x"}, {"user"}, {"key", "add", "x"}, {"station"}, {"station", "invite"},
		{"station", "invite", "a", "b"}, {"station", "invite", "a", "--lat", "x"}, {"other"},
		{"key", "add", "x", "line"}, {"key", "add", "x", "parcels:reed"}, {"user", "remove", "anna"},
		{"user", "add", "anna", "viewer"},
	} {
		if out, err := cubbyhub(t, path, "", args...); err == nil {
			t.Errorf("%q: %q", args, out)
		}
	}
	if out, err := cubbyhub(t, path, "", "--help"); err == nil || !strings.Contains(out, "usage") {
		t.Errorf("help: %q, %v", out, err)
	}
}

// One line of the configuration makes it PostgreSQL; a key that belongs to nothing is not
// left behind.
func TestSigningKeysAreListedAndRotatedAtTheCommandLine(t *testing.T) {
	path := write(t, "[hub]\nname = \"A\"\ndata_dir = \"data\"\n")
	list, err := cubbyhub(t, path, "", "signing-key", "list")
	if err != nil || strings.Count(list, "signs") != 2 || !strings.Contains(list, "pickup") {
		t.Errorf("at first: %q, %v", list, err)
	}
	if said, err := cubbyhub(t, path, "", "signing-key", "rotate", "command"); err != nil ||
		!strings.Contains(said, "signs from 20") {
		t.Errorf("rotated: %q, %v", said, err)
	}
	list, err = cubbyhub(t, path, "", "signing-key", "list")
	if err != nil || strings.Count(list, "command") != 2 || strings.Count(list, "is told") != 1 {
		t.Errorf("rotated: %q, %v", list, err)
	}
	for _, bad := range [][]string{{"rotate"}, {"rotate", "everything"}, {}, {"list", "all"}} {
		if _, err := cubbyhub(t, path, "", append([]string{"signing-key"}, bad...)...); err == nil ||
			!strings.Contains(err.Error(), "usage:") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestTheHubIsOnPostgreSQLByOneLine(t *testing.T) {
	path := write(t, "[hub]\nname = \"A\"\ndatabase = \""+dbtest.Postgres(t)+"\"\n")
	if _, err := cubbyhub(t, path, "", "user", "add", "anna", "admin"); err != nil {
		t.Fatal(err)
	}
	out, err := cubbyhub(t, path, "", "user", "list")
	if err != nil || !strings.HasPrefix(out, "anna") {
		t.Errorf("%q, %v", out, err)
	}
	data := filepath.Join(filepath.Dir(path), "data")
	if _, err := os.Stat(filepath.Join(data, "hub.db")); err == nil {
		t.Error("there is a file, too")
	}
	key := filepath.Join(data, keyFile)
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := cubbyhub(t, path, "", "user", "list"); err == nil ||
		!strings.Contains(err.Error(), "another key") {
		t.Errorf("without its key: %v", err)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a key of nothing is left")
	}
}

func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A waiter is a log that says when the hub serves.
type waiter chan struct{}

func (w waiter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("the hub serves")) {
		w <- struct{}{}
	}
	return len(line), nil
}

func TestItServesByTLSAndPlainlyOnLoopbackAndEndsInOrder(t *testing.T) {
	listen, plain := free(t), free(t)
	path := write(t, "[hub]\nname = \"A\"\nlisten = \""+listen+"\"\nplain = \""+plain+"\"\n")
	ctx, end := context.WithCancel(t.Context())
	ended, serving := make(chan error, 1), make(waiter, 1)
	go func() { ended <- run(ctx, []string{"--config", path}, nil, io.Discard, serving) }()
	select {
	case err := <-ended:
		t.Fatalf("it has ended: %v", err)
	case <-serving:
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, at := range []string{"https://" + listen, "http://" + plain} {
		answer, err := client.Get(at + "/v1/nowhere")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %s", at, answer.Status)
		}
		console, err := client.Get(at + "/sign-in")
		if err != nil {
			t.Fatal(err)
		}
		console.Body.Close()
		if k := console.Cookies(); console.StatusCode != http.StatusOK || len(k) != 1 ||
			k[0].Secure != strings.HasPrefix(at, "https:") {
			t.Errorf("%s shows the console with %s and the cookies %v", at, console.Status, k)
		}
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var p config.Problems
	if _, err := cubbyhub(t, write(t, "[hub]\n"), ""); !errors.As(err, &p) {
		t.Errorf("it began with %v", err)
	}
}
