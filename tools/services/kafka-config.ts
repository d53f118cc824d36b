/** server.properties and log4j2.properties of a one-node broker for tests. */

export interface KafkaConfig {
  readonly dir: string
  readonly port: number
  readonly controllerPort: number
  /** A second listener that tells clients another address than its own, as a broker in a container does. */
  readonly outside?: { readonly port: number; readonly advertised: string } | undefined
  /** Further lines of server.properties; they win. */
  readonly extra?: Readonly<Record<string, string>> | undefined
}

export function serverProperties(config: KafkaConfig): string {
  const { dir, port, controllerPort, outside } = config
  const and = (text: string): string => (outside === undefined ? '' : text)
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${and(`,OUTSIDE://127.0.0.1:${outside?.port}`)}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${and(`,OUTSIDE://${outside?.advertised}`)}`,
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${and(',OUTSIDE:PLAINTEXT')}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': `${dir}/data`,
    // A misspelt topic must fail instead of springing into being.
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    // Internal topics of one partition and replica: there is one node, and each partition costs start-up time.
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // Retention goes by the records' own timestamps: old event times would make records vanish.
    'log.retention.ms': '-1',
    'log.retention.check.interval.ms': '1000',
    'log.segment.delete.delay.ms': '1000',
    // Compaction soon, for the tests that need it.
    'log.cleaner.dedupe.buffer.size': '8388608',
    'log.cleaner.backoff.ms': '500',
    'log.initial.task.delay.ms': '500',
    // After kill -9 the old registration blocks the restart until its session ends (9 s unless said otherwise).
    'broker.session.timeout.ms': '1500',
    'broker.heartbeat.interval.ms': '300',
    'controlled.shutdown.enable': 'false',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    ...config.extra,
  }
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`
}

/** The start is announced by KafkaRaftServer at level info; else only warnings. */
export const LOG4J = `status=error
rootLogger.level=warn
rootLogger.appenderRef.out.ref=OUT
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{2} %m%n
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`
export const STARTED = 'Kafka Server started'
