package rest_test

import (
	"cubby/sync/api/apitest"
	"strings"
	"testing"
)

func TestOnlyOurOwnNamesAreAnsweredOverLoopback(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.Hosts = []string{"locker.example", "192.0.2.7"} })
	address := tcp(b)
	for host, ok := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8470": true, "localhost": true, "LocalHost:1": true,
		"localhost.": true, "[::1]": true, "[::1]:8470": true,
		"127.9.9.9": true, "[::ffff:127.0.0.1]": true, "locker.example": true, "LOCKER.example:443": true,
		"locker.example.": true, "192.0.2.7": true,
		"attacker.example": false, "attacker.example:8470": false, "localhost.attacker.example": false,
		"127.0.0.1.attacker.example": false,
		"192.0.2.8":                  false, "0.0.0.0": false, "[2001:db8::1]": false, "x": false, "xlocalhost": false,
		"2130706433": false,
	} {
		for _, path := range []string{"/healthz", "/nowhere", "/v1/parcels"} {
			status, _, body := raw(
				t, address, "GET "+path+" HTTP/1.1\r\nHost: "+host+"\r\nX-API-Key: "+b.Token+"\r\n\r\n")
			if refused := status == 421; refused == ok ||
				refused && !strings.Contains(body, "urn:cubby:problem:unknown-host") {
				t.Errorf("%s at %s: %d %s", path, host, status, body)
			}
		}
	}
	if status, _, _ := raw(t, address, "GET /healthz HTTP/1.0\r\n\r\n"); status != 200 {
		t.Errorf("without a name: %d", status)
	}
	if status, _, _ := raw(t, address, "GET http://attacker.example/healthz HTTP/1.1\r\nHost: "+
		"localhost\r\n\r\n"); status != 421 {
		t.Errorf("a whole address of another: %d", status)
	}
	if strings.Contains(b.Logged.String(), "attacker") {
		t.Error("the log repeats what strangers send")
	}
}
