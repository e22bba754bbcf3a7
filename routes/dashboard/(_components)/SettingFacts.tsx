/** The settings in force; of secrets only whether they are set. */
import type { Config } from "../../../lib/config.ts";
import { Fact } from "./Fact.tsx";
import { Setting } from "./Setting.tsx";

interface SettingFactsProps {
  readonly config: Config;
}

export function SettingFacts({ config }: SettingFactsProps) {
  const { clerk, auth } = config;
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">Settings in force</h2>
      <dl class="facts">
        <Fact label="Environment">{config.environment}</Fact>
        <Fact label="Database">{config.mongo.database}</Fact>
        <Fact label="Public URL">{config.publicUrl ?? null}</Fact>
        <Fact label="Clerk's API">{clerk.apiUrl}</Fact>
        <Fact label="Clerk instance">
          {clerk.instanceId ?? "any: events of every instance are applied"}
        </Fact>
        <Setting
          label="Clerk's secret key"
          isSet={clerk.secretKey !== undefined}
          otherwise="scans and repairs are off"
        />
        <Setting
          label="Admin password"
          isSet={auth.adminPassword !== undefined}
          otherwise="made up at the start"
        />
        <Setting
          label="Session secret"
          isSet={auth.sessionSecret !== undefined}
          otherwise="made up once and kept in DATA_DIR"
        />
        <Setting
          label="Alert webhook"
          isSet={config.alerts.webhookUrl !== undefined}
          otherwise="alerts are posted nowhere"
        />
        <Setting
          label="Alert e-mail"
          isSet={config.alerts.email !== undefined}
          otherwise="alerts are mailed to nobody"
        />
        <Fact label="Log level">{config.logLevel}</Fact>
      </dl>
    </section>
  );
}
