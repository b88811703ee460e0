package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// patience is how long an answer is waited for. A core that asks ends after it, too.
const patience = 30 * time.Minute

// wait takes one answer, or returns when ctx ends first or nobody is there:
// whoever ends or leaves this program must not leave it holding the lines. The
// reader is then left to the end of the program.
func (t *tool) wait(ctx context.Context, lines *bufio.Reader, wall bool) (string, error) {
	type taken struct {
		answer string
		err    error
	}
	answered := make(chan taken, 1)
	go func() {
		answer, err := t.read(lines)
		if err == nil && wall {
			answer, err = t.readWall(lines, answer)
		}
		answered <- taken{answer, err}
	}()
	select {
	case a := <-answered:
		return a.answer, a.err
	case <-time.After(patience):
		return "",
			errors.New("nobody has answered for half an hour; nothing was changed. Close the doors that are open")
	case <-ctx.Done():
		return "", errEnded
	}
}

// read takes one answer; empty lines and comments are passed over.
func (t *tool) read(lines *bufio.Reader) (string, error) {
	for {
		fmt.Fprint(t.out, "> ")
		text, err := lines.ReadString('\n')
		text = strings.TrimSpace(text)
		switch {
		case text != "" && !strings.HasPrefix(text, "#"):
			if file, ok := strings.CutPrefix(text, "@"); ok {
				content, err := os.ReadFile(file)
				return string(content), err
			}
			fmt.Fprintln(t.out)
			return text, nil
		case errors.Is(err, io.EOF):
			return "", errors.New("there are no more answers; nothing was changed. Close the doors that are open")
		case err != nil:
			return "", err
		}
	}
}

// readWall takes the other lines of a wall that was begun with one, up to an
// empty line or the end of what is typed. What is parted by ";" or comes from a
// file is whole.
func (t *tool) readWall(lines *bufio.Reader, first string) (string, error) {
	word, _, _ := strings.Cut(first, " ")
	if word != "size" && word != "column" || strings.ContainsAny(first, ";\n") {
		return first, nil
	}
	wall := first
	for {
		fmt.Fprint(t.out, "... ")
		text, err := lines.ReadString('\n')
		text = strings.TrimSpace(text)
		switch {
		case strings.HasPrefix(text, "#"):
		case text == "stop":
			return text, nil
		case text != "":
			wall += "\n" + text
		case err == nil:
			fmt.Fprintln(t.out)
			return wall, nil
		}
		if errors.Is(err, io.EOF) {
			return wall, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// kept holds what is logged while somebody is being asked, so that no line of it
// stands between a question and its answer.
type kept struct {
	mu   sync.Mutex // guards what follows
	text []byte
	cut  bool
}

const keptMost = 64 << 10 // bytes

func (k *kept) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cut = k.cut || len(k.text)+len(b) > keptMost; !k.cut {
		k.text = append(k.text, b...)
	}
	return len(b), nil
}

// tell writes what was logged, if anything was.
func (k *kept) tell(out io.Writer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.text) == 0 {
		return nil
	}
	more := ""
	if k.cut {
		more = "and more\n"
	}
	_, err := fmt.Fprintf(out, "logged meanwhile:\n%s%s", k.text, more)
	k.text, k.cut = nil, false
	return err
}
