package print_test

import (
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

func TestTestPagesAreOrderedAndJobsPrintedAgain(t *testing.T) {
	s := apitest.New(t).Staff()
	made := apitest.Want(t, s.Do("POST", "/v1/print-jobs", `{"printer":"printer"}`), 201, "")
	if made != `{"printer":"printer","id":"t-1"}` {
		t.Errorf("made %s", made)
	}
	list := apitest.Want(t, s.Do("GET", "/v1/print-jobs", ""), 200, "")
	if !strings.HasPrefix(list, `{"jobs":[{`) || !strings.Contains(list, `"test page"`) {
		t.Errorf("listed %s", list)
	}
	apitest.Want(t, s.Do("POST", "/v1/print-jobs/t-1/again", ""), 204, "")
	apitest.Want(t, s.Do("POST", "/v1/print-jobs/t-9/again", ""), 404, "no-such-job")
	apitest.Want(t, s.Do("POST", "/v1/print-jobs", `{"printer":"desk"}`), 404, "no-such-printer")
	apitest.Want(t, s.Do("POST", "/v1/print-jobs", `{"printer":1}`), 422, "wrong-type")
	apitest.Want(t, s.Do("POST", "/v1/print-jobs", `{"printer":"printer","copies":2}`), 422, "unknown-member")
}
