package token

import "errors"

// alphabet is that of base45 (RFC 9285): the characters a QR code holds most densely.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

var errBase45 = errors.New("not base45")

// values are the places of characters in the alphabet, -1 for others.
var values = func() (v [256]int8) {
	for i := range v {
		v[i] = -1
	}
	for i := range alphabet {
		v[alphabet[i]] = int8(i)
	}
	return v
}()

// encode45 writes two bytes as three characters, and a last single one as two.
func encode45(b []byte) string {
	out := make([]byte, 0, (len(b)+1)/2*3)
	for ; len(b) >= 2; b = b[2:] {
		n := int(b[0])<<8 | int(b[1])
		out = append(out, alphabet[n%45], alphabet[n/45%45], alphabet[n/2025])
	}
	if len(b) == 1 {
		out = append(out, alphabet[b[0]%45], alphabet[b[0]/45])
	}
	return string(out)
}

// decode45 reads what encode45 wrote, and nothing else: each text has one meaning.
func decode45(text string) ([]byte, error) {
	out := make([]byte, 0, len(text)/3*2+1)
	for len(text) > 0 {
		take := min(len(text), 3)
		if take == 1 {
			return nil, errBase45
		}
		n := 0
		for i := take - 1; i >= 0; i-- {
			v := values[text[i]]
			if v < 0 {
				return nil, errBase45
			}
			n = n*45 + int(v)
		}
		switch {
		case take == 3 && n <= 0xffff:
			out = append(out, byte(n>>8), byte(n))
		case take == 2 && n <= 0xff:
			out = append(out, byte(n))
		default:
			return nil, errBase45
		}
		text = text[take:]
	}
	return out, nil
}
