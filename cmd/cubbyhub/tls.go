package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The hub's own certificate. Stations are given a hash of its key, which stays when the
// certificate is made anew.
const (
	ownKey         = "tls.key"
	ownCertificate = "tls.crt"
	ownYears       = 10
	renewBefore    = 30 * 24 * time.Hour
	lookEvery      = time.Minute // whether a given certificate was renewed
)

// A certificate is what the hub shows, and the hash of its key for invitations: empty for
// a given one, which stations check as browsers do.
type certificate struct {
	config *tls.Config
	pin    string
}

// openTLS reads the certificate that was given, or makes the hub's own.
func (c *settings) openTLS(now time.Time) (certificate, error) {
	if c.TLS.Certificate != "" {
		g := &given{cert: c.TLS.Certificate, key: c.TLS.Key}
		if _, err := g.current(nil); err != nil {
			return certificate{}, fmt.Errorf("the certificate of [tls]: %w", err)
		}
		return certificate{config: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: g.current}}, nil
	}
	own, err := c.own(now)
	if err != nil {
		return certificate{}, fmt.Errorf("the hub's own certificate: %w", err)
	}
	sum := sha256.Sum256(own.Leaf.RawSubjectPublicKeyInfo)
	return certificate{
		config: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}},
		pin:    base64.RawURLEncoding.EncodeToString(sum[:]),
	}, nil
}

// given is a certificate of the operator's, read again when its file has changed.
type given struct {
	cert, key string
	mu        sync.Mutex
	looked    time.Time
	changed   time.Time
	loaded    *tls.Certificate
}

func (g *given) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.loaded != nil && time.Since(g.looked) < lookEvery {
		return g.loaded, nil
	}
	g.looked = time.Now()
	info, err := os.Stat(g.cert)
	if err == nil && (g.loaded == nil || !info.ModTime().Equal(g.changed)) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(g.cert, g.key); err == nil {
			g.loaded, g.changed = &pair, info.ModTime()
		}
	}
	if g.loaded != nil {
		return g.loaded, nil // half written: the one before goes on
	}
	return nil, err
}

// own reads the hub's own certificate, or makes it: for its names, and anew when they have
// changed or it is about to end.
func (c *settings) own(now time.Time) (tls.Certificate, error) {
	keyPath, certPath := filepath.Join(c.Hub.DataDir, ownKey), filepath.Join(c.Hub.DataDir, ownCertificate)
	key, err := ownPrivateKey(keyPath)
	if err != nil {
		return tls.Certificate{}, err
	}
	names, ips := c.names()
	text, err := os.ReadFile(certPath)
	if err == nil {
		if block, _ := pem.Decode(text); block != nil {
			leaf, err := x509.ParseCertificate(block.Bytes)
			if err == nil && fits(leaf, key, names, ips, now) {
				return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}, nil
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "cubbyhub"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(ownYears, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: names, IPAddresses: ips,
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		return tls.Certificate{}, err
	}
	err = replace(certPath, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}, err
}

// names are those by which the hub is asked.
func (c *settings) names() (names []string, ips []net.IP) {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if u, err := url.Parse(c.Hub.PublicURL); err == nil {
		hosts = append(hosts, u.Hostname())
	}
	if host, _, err := net.SplitHostPort(c.Hub.Listen); err == nil {
		hosts = append(hosts, host)
	}
	seen := map[string]bool{"": true}
	for _, h := range hosts {
		ip := net.ParseIP(h)
		switch {
		case seen[h] || ip != nil && ip.IsUnspecified():
		case ip != nil:
			ips = append(ips, ip)
		default:
			names = append(names, h)
		}
		seen[h] = true
	}
	return names, ips
}

func fits(leaf *x509.Certificate, key *ecdsa.PrivateKey, names []string, ips []net.IP, now time.Time) bool {
	public, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || !public.Equal(key.Public()) || leaf.NotAfter.Sub(now) < renewBefore ||
		now.Before(leaf.NotBefore) {
		return false
	}
	for _, n := range names {
		if leaf.VerifyHostname(n) != nil {
			return false
		}
	}
	for _, ip := range ips {
		if leaf.VerifyHostname(ip.String()) != nil {
			return false
		}
	}
	return true
}

// ownPrivateKey reads the key, or makes it: ECDSA over P-256, readable by its owner only.
func ownPrivateKey(path string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		raw, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		return key, replace(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
	}
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, errors.Join(err, fmt.Errorf("%s is readable by others: chmod 600 it", path))
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no key: restore it from the backup", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if own, ok := key.(*ecdsa.PrivateKey); ok {
		return own, nil
	}
	return nil, fmt.Errorf("%s is a key of another kind: restore it from the backup", path)
}

// replace writes a file so that it is there completely or not at all.
func replace(path string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(text); err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
