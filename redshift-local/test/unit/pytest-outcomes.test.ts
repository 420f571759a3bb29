import { expect, test } from 'vitest';
import { contradictions, pytestOutcomes } from '../support/pytest-outcomes.js';

const output = `
=========================== short test summary info ============================
PASSED tests/a.py::TestA::test_one
PASSED tests/a.py::TestA::test_of[model.my_view-BASE TABLE]
PASSED tests/a.py::TestA::test_end
ERROR tests/a.py::TestA::test_end - RuntimeError: it is not closed
FAILED tests/b.py::TestB::test_two - AssertionError: assert 1 == 2
SKIPPED [1] tests/b.py:20: needs another cluster
========= 1 failed, 3 passed, 1 skipped, 1 error in 7.00s ==========
`;

test('names the tests that passed and failed', () => {
  expect(pytestOutcomes(output)).toEqual({
    passed: ['tests/a.py::TestA::test_one', 'tests/a.py::TestA::test_of[model.my_view-BASE TABLE]'],
    failed: ['tests/a.py::TestA::test_end', 'tests/b.py::TestB::test_two'],
  });
});

test('a list of failing tests holds as long as each of them fails, and no other', () => {
  const outcomes = pytestOutcomes(output);
  expect(contradictions(['tests/b.py::TestB', 'tests/a.py::TestA::test_end'], outcomes)).toEqual({
    failedUnlisted: [],
    passedThoughListed: [],
    listedButMissing: [],
  });
  expect(contradictions(['tests/a.py::TestA', 'tests/c.py'], outcomes)).toEqual({
    failedUnlisted: ['tests/b.py::TestB::test_two'],
    passedThoughListed: ['tests/a.py::TestA::test_one', 'tests/a.py::TestA::test_of[model.my_view-BASE TABLE]'],
    listedButMissing: ['tests/c.py'],
  });
});
