/** mocha's usual report, and why a test had to be tried once more: what fails now and then is to be seen, too. */
import { Runner, reporters, type MochaOptions, type Test } from 'mocha';

export default class TellingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on(Runner.constants.EVENT_TEST_RETRY, (test: Test, error: Error) => {
      console.log(`      tried once more: ${test.title}: ${error.stack ?? error.message}`);
    });
  }
}
