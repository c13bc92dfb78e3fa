// A receiver of webhooks: verifies, drops repeats, answers at once, works afterwards.
//
//	go get github.com/standard-webhooks/standard-webhooks/libraries
//	WEBHOOK_SECRET=whsec_… go run .
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

type event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

const (
	mostBytes   = 1024 * 1024
	mostWaiting = 1000
)

// receiver keeps a bounded amount in memory: ids of late deliveries, events that wait for work, one body a request.
type receiver struct {
	webhook *standardwebhooks.Webhook
	waiting chan event

	mutex sync.Mutex
	seen  map[string]bool
	// In the order in which they came, round and round. A crash forgets them: keep them where your data is, if that matters.
	ids  []string
	next int
}

// handle is your work. It may take its time.
func handle(e event) {
	fmt.Printf("handled %s %s\n", e.Type, e.ID)
}

// take says whether an event is new and there is room for it.
func (r *receiver) take(id string, e event) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.seen[id] {
		return http.StatusNoContent
	}
	select {
	case r.waiting <- e:
	default:
		return http.StatusServiceUnavailable // not taken, so it comes again
	}
	delete(r.seen, r.ids[r.next])
	r.seen[id] = true
	r.ids[r.next] = id
	r.next = (r.next + 1) % len(r.ids)
	return http.StatusNoContent
}

func (r *receiver) receive(w http.ResponseWriter, req *http.Request) int {
	if req.Method != http.MethodPost {
		return http.StatusMethodNotAllowed
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, mostBytes))
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge
	}
	// Over the body as it came. It also refuses what was signed more than five minutes ago.
	if err != nil || r.webhook.Verify(body, req.Header) != nil {
		return http.StatusBadRequest
	}
	var e event
	if json.Unmarshal(body, &e) != nil {
		return http.StatusBadRequest
	}
	return r.take(req.Header.Get("webhook-id"), e)
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	status := r.receive(w, req)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("retry-after", "5")
	}
	w.WriteHeader(status)
}

func number(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	r := &receiver{
		webhook: webhook,
		waiting: make(chan event, mostWaiting),
		seen:    map[string]bool{},
		ids:     make([]string, number("REMEMBERED_IDS", 10_000)),
	}
	go func() {
		for e := range r.waiting {
			handle(e)
		}
	}()
	host := os.Getenv("HOST")
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(number("PORT", 8080))))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on port %d\n", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: r, ReadTimeout: 30 * time.Second}
	log.Fatal(server.Serve(listener))
}
