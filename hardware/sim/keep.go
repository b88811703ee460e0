package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// Left is how one door was left.
type Left struct {
	Number string `json:"number"`
	State  State  `json:"state"`
	Inside bool   `json:"inside"` // something is in the compartment
}

// kept is the file's form.
type kept struct {
	Doors []Left `json:"doors"`
}

// ReadKept reads what Keep has written. No file means that nothing was left.
func ReadKept(path string) ([]Left, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read how the doors were left: %w", err)
	}
	var k kept
	err = json.Unmarshal(text, &k)
	if err == nil && k.Doors == nil {
		err = errors.New("it lists no doors")
	}
	for _, d := range k.Doors {
		if d.State != StateClosed && d.State != StateAjar && d.State != StateOpen {
			err = errors.Join(err, fmt.Errorf("door %s is %q: neither closed, ajar nor open", d.Number, d.State))
		}
	}
	if err != nil {
		return nil,
			fmt.Errorf("%s does not tell how the doors were left; remove it to begin with all doors closed "+
				"and empty: %w", path, err)
	}
	return k.Doors, nil
}

// Keep writes how the doors are left to the file, now and after each change,
// until the site closes or a write fails. The file is replaced as a whole; a
// simulator that is killed loses at most the change of that moment.
func (s *Site) Keep(path string) error {
	var written []Left
	for {
		s.mu.Lock()
		changed, closed := s.changed, s.closed
		s.mu.Unlock()
		now := []Left{}
		for _, d := range s.Doors() {
			now = append(now, Left{d.Number, d.State, d.Inside})
		}
		if written == nil || !slices.Equal(now, written) {
			if err := writeKept(path, now); err != nil {
				return fmt.Errorf("keep how the doors were left: %w", err)
			}
			written = now
		}
		if closed {
			return nil
		}
		<-changed
	}
}

func writeKept(path string, doors []Left) error {
	text, err := json.MarshalIndent(kept{doors}, "", " ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
