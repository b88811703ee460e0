package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// An object is a JSON object whose members keep their order.
type object []member

type member struct {
	key   string
	value json.RawMessage
}

func parse(text []byte) (o object, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not a JSON object: %v", err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		o = append(o, member{key.(string), value})
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("an object does not end: %w", err)
	}
	return o, nil
}

func (o object) index(key string) int {
	return slices.IndexFunc(o, func(m member) bool { return m.key == key })
}

func (o object) get(key string) json.RawMessage {
	if i := o.index(key); i >= 0 {
		return o[i].value
	}
	return nil
}

// object reads a member that is an object.
func (o object) object(key string) (object, error) {
	value := o.get(key)
	if value == nil {
		return nil, fmt.Errorf("there is no member %q", key)
	}
	return parse(value)
}

func (o *object) set(key string, value json.RawMessage) {
	if i := o.index(key); i >= 0 {
		(*o)[i].value = value
	} else {
		*o = append(*o, member{key, value})
	}
}

func (o *object) put(key string, value any) error {
	text, err := json.Marshal(value)
	o.set(key, text)
	return err
}

// change reads a member that is an object, has it changed and writes it.
func (o object) change(key string, change func(*object) error) error {
	of, err := o.object(key)
	if err != nil {
		return err
	}
	if err := change(&of); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	o.set(key, of.json())
	return nil
}

// take adds the members of another object, which must be new.
func (o *object) take(text []byte) error {
	more, err := parse(text)
	if err != nil {
		return err
	}
	for _, m := range more {
		if o.index(m.key) >= 0 {
			return fmt.Errorf("%q is there twice", m.key)
		}
		*o = append(*o, m)
	}
	return nil
}

func (o object) json() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(m.key) // of a string that was one in JSON
		b.Write(key)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
