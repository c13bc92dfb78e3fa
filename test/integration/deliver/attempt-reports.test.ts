import { expect, test } from 'vitest';
import type { AttemptReport } from '#deliver/attempt-report.ts';
import { parseDeliveryRef } from '#domain/delivery.ts';
import { msOfLogId } from '#store/log-id.ts';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { createSender } from '#webhook/send.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);
const guard = createAddressGuard(['127.0.0.0/8']);

test('each attempt is reported with its reason, and a delivery with its time since the commit', async () => {
  const subscriber = await startSubscriber((_webhook, response, attempt) => {
    response.writeHead(attempt === 1 ? 503 : 200).end();
  });
  const reports: AttemptReport[] = [];
  // A minute later than the Redis that dates the commit.
  const now = () => Date.now() + 60_000;
  const { drain, clock, pushed } = await setUpLane(store, {
    url: subscriber.url,
    wrap: {
      onAttempt: (report) => reports.push(report),
      sender: createSender({ guard, timeoutMs: 2000, now, userAgent: 'test' }),
    },
  });
  await drain();
  clock.nowMs += 1000;
  await drain('probe');
  expect(reports).toMatchObject([
    { outcome: 'retry', failure: '5xx', isFirst: true },
    { outcome: 'delivered', failure: null, isFirst: false },
  ]);
  const committedAtMs = msOfLogId(parseDeliveryRef(pushed[0]?.ref ?? '').logId);
  const sinceCommitMs = reports[1]?.sinceCommitMs ?? Number.NaN;
  expect(sinceCommitMs).toBeGreaterThanOrEqual(60_000);
  expect(sinceCommitMs).toBeLessThanOrEqual(now() - committedAtMs);
});

test('an endpoint that cannot be reached is reported by the kind of its error', async () => {
  const reports: AttemptReport[] = [];
  const { drain } = await setUpLane(store, {
    url: 'http://127.0.0.1:9/',
    wrap: { onAttempt: (report) => reports.push(report) },
  });
  await drain();
  expect(reports).toMatchObject([{ failure: 'connection_refused', isFirst: true }]);
});
