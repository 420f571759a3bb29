// The database/sql driver for the Redshift Data API that others wrote: queries, parameters, types, transactions, errors.
package clients

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	redshiftdata "github.com/mashiike/redshift-data-sql-driver"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("redshift-data", "workgroup("+os.Getenv("TEST_WORKGROUP_NAME")+")/"+os.Getenv("TEST_DATABASE"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, query string, args ...any) sql.Result {
	t.Helper()
	result, err := db.ExecContext(context.Background(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return result
}

func TestTypesAndNull(t *testing.T) {
	db := open(t)
	exec(t, db, "create table go_types (n bigint, x float8, ok boolean, s varchar(20), at timestamp, d decimal(10, 2), j super)")
	exec(t, db, `insert into go_types select 9007199254740993, 1.5, true, 'ä', '2022-11-24 10:00:00', 1.25, json_parse('{"a": [1]}')`)
	exec(t, db, "insert into go_types (n) values (2)")
	rows, err := db.Query("select n, x, ok, s, at, d, j from go_types order by n desc")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var n int64
	var x sql.NullFloat64
	var ok sql.NullBool
	var s, d, j sql.NullString
	var at sql.NullTime
	scan := func() {
		t.Helper()
		if !rows.Next() {
			t.Fatal("a row is missing")
		}
		if err := rows.Scan(&n, &x, &ok, &s, &at, &d, &j); err != nil {
			t.Fatal(err)
		}
	}
	scan()
	if n != 9007199254740993 || x.Float64 != 1.5 || !ok.Bool || s.String != "ä" || d.String != "1.25" || j.String != `{"a":[1]}` {
		t.Fatalf("the first row is %d %v %v %v %v %v", n, x, ok, s, d, j)
	}
	if !at.Time.Equal(time.Date(2022, 11, 24, 10, 0, 0, 0, time.UTC)) {
		t.Fatalf("the time is %v", at)
	}
	scan()
	if n != 2 || x.Valid || ok.Valid || s.Valid || at.Valid || d.Valid || j.Valid {
		t.Fatalf("the second row is %d %v %v %v %v %v %v", n, x, ok, s, at, d, j)
	}
	if rows.Next() {
		t.Fatal("there are more rows than two")
	}
}

func TestParameters(t *testing.T) {
	db := open(t)
	for _, one := range []struct {
		query string
		args  []any
	}{
		{"select a from (select 1 as a union all select 2) t where a > :least", []any{sql.Named("least", 1)}},
		{"select a from (select 1 as a union all select 2) t where a > ?", []any{1}},
		{"select a from (select 1 as a union all select 2) t where a > $1", []any{1}},
		{"select a from (select 1 as a union all select 2) t where a > :1", []any{1}},
	} {
		var a int64
		if err := db.QueryRow(one.query, one.args...).Scan(&a); err != nil || a != 2 {
			t.Errorf("%s: %d, %v", one.query, a, err)
		}
	}
}

func TestManyRowsAndRowsAffected(t *testing.T) {
	db := open(t)
	exec(t, db, "create table go_many (n integer)")
	exec(t, db, "insert into go_many values (1)")
	for range 11 {
		exec(t, db, "insert into go_many select n + (select max(n) from go_many) from go_many")
	}
	rows, err := db.Query("select n, repeat('x', 1000) from go_many order by n")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	count := 0
	for rows.Next() {
		var n int
		var text string
		if err := rows.Scan(&n, &text); err != nil || n != count+1 {
			t.Fatalf("row %d is %d, %v", count, n, err)
		}
		count++
	}
	if count != 2048 || rows.Err() != nil {
		t.Fatalf("%d rows, %v", count, rows.Err())
	}
	if changed, err := exec(t, db, "update go_many set n = 0 where n > 2000").RowsAffected(); changed != 48 || err != nil {
		t.Fatalf("%d rows changed, %v", changed, err)
	}
}

func TestTransaction(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	exec(t, db, "create table go_tx (n integer)")
	add := func(numbers ...string) *sql.Tx {
		t.Helper()
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range numbers {
			if _, err := tx.ExecContext(ctx, "insert into go_tx select "+n); err != nil {
				t.Fatal(err)
			}
		}
		return tx
	}
	if err := add("1", "2").Commit(); err != nil {
		t.Fatal(err)
	}
	if err := add("3").Rollback(); err != nil {
		t.Fatal(err)
	}
	// what fails takes all of its transaction with it
	if err := add("4", "1 / 0").Commit(); err == nil {
		t.Fatal("a division by zero was committed")
	}
	var count int
	// a connection whose commit failed is of no more use, for this driver
	if err := open(t).QueryRow("select count(*) from go_tx").Scan(&count); err != nil || count != 2 {
		t.Fatalf("%d rows, %v", count, err)
	}
}

func TestRefusals(t *testing.T) {
	db := open(t)
	_, err := db.Query("select string_agg('a', ',')")
	if err == nil || !strings.Contains(err.Error(), "string_agg") {
		t.Fatalf("not refused: %v", err)
	}
	if _, err := db.Prepare("select 1"); !errors.Is(err, redshiftdata.ErrNotSupported) {
		t.Fatalf("Prepare of the Data API: %v", err)
	}
}
