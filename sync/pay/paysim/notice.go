package paysim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// again is when a notice that nobody took is posted once more.
var again = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second}

// notice posts how a payment is now, unless it gets lost. It may come late, so that it
// comes after the next.
func (p *Provider) notice(o *Payment) {
	if p.cfg.Notify == "" || p.strikes("notice", "lost", o.Reference) {
		return
	}
	p.notices++
	id := fmt.Sprintf("msg_%s_%d", o.Reference, p.notices)
	body, err := json.Marshal(map[string]any{
		"type": "payment." + o.Status, "timestamp": time.Now().UTC(), "data": *o,
	})
	if err != nil {
		panic(err) // of a struct of ours
	}
	wait := time.Duration(0)
	if p.strikes("notice", "late", o.Reference) {
		wait = p.after("notice", "late")
	}
	time.AfterFunc(wait, func() { p.post(id, body, 0) })
	if p.strikes("notice", "twice", o.Reference) {
		time.AfterFunc(wait+time.Second, func() { p.post(id, body, 0) })
	}
}

func (p *Provider) post(id string, body []byte, try int) {
	r, err := http.NewRequest(http.MethodPost, p.cfg.Notify, bytes.NewReader(body))
	if err != nil {
		return
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", sign(p.cfg.Secret, id+"."+at+".", body))
	answer, err := p.client.Do(r)
	if err == nil {
		answer.Body.Close()
		if answer.StatusCode < 300 {
			return
		}
	}
	if try < len(again) {
		time.AfterFunc(again[try], func() { p.post(id, body, try+1) })
	}
}

// sign is a signature as Standard Webhooks 1.0.0 has it.
func sign(secret, head string, body []byte) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return ""
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(head))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}
