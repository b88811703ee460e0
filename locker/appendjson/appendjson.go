// Package appendjson writes JSON (RFC 8259) onto the end of a buffer, for the few
// documents that are written with every announcement: by reflection they would
// take a tenth of the writer's time.
package appendjson

import (
	"time"
	"unicode/utf8"
)

// String appends s as a JSON string (RFC 8259, section 7). What is no UTF-8 becomes
// the replacement character.
func String(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(append(b, s[plain:i]...), "\ufffd"...)
		} else if c == '"' || c == '\\' {
			b = append(append(b, s[plain:i]...), '\\', c)
		} else {
			b = append(append(b, s[plain:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		plain = i
	}
	return append(append(b, s[plain:]...), '"')
}

// Optional appends prefix (`,"name":`) and value, unless value is empty.
func Optional(b []byte, prefix, value string) []byte {
	if value == "" {
		return b
	}
	return String(append(b, prefix...), value)
}

// Strings appends prefix and the values as an array, unless there are none.
func Strings(b []byte, prefix string, values []string) []byte {
	if len(values) == 0 {
		return b
	}
	b = append(b, prefix...)
	for i, value := range values {
		b = append(b, "[,"[min(i, 1)])
		b = String(b, value)
	}
	return append(b, ']')
}

// Flag appends member (`,"name":true`) if it is set.
func Flag(b []byte, member string, set bool) []byte {
	if !set {
		return b
	}
	return append(b, member...)
}

// Time appends prefix (`,"name":`) and t in UTC (RFC 3339), unless t is nil.
func Time(b []byte, prefix string, t *time.Time) []byte {
	if t == nil {
		return b
	}
	b = append(append(b, prefix...), '"')
	return append(t.UTC().AppendFormat(b, time.RFC3339Nano), '"')
}
