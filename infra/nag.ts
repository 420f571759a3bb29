import { Validations, type App, type IPolicyValidationPlugin } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** cdk-nag's AwsSolutions, where a rule accepted for a construct covers each of its findings there */
export function awsSolutions(app: App): IPolicyValidationPlugin {
  const checks = new AwsSolutionsChecks(app);
  return {
    name: checks.name,
    validate(context) {
      const report = checks.validate(context);
      const violations = report.violations.flatMap((violation) => {
        const rule = violation.ruleName.replace(/\[.*\]$/s, '');
        const open = violation.violatingResources.filter(
          ({ constructPath }) => !isAccepted(constructAt(app, constructPath ?? ''), rule),
        );
        return open.length > 0 ? [{ ...violation, violatingResources: open }] : [];
      });
      return { ...report, violations, success: violations.length === 0 };
    },
  };
}

const constructAt = (app: App, path: string): IConstruct | undefined =>
  path.split('/').reduce<IConstruct | undefined>((at, id) => at?.node.tryFindChild(id), app);

function isAccepted(construct: IConstruct | undefined, rule: string): boolean {
  return (construct?.node.scopes ?? []).some((scope) =>
    scope.node.metadata.some(
      ({ type, data }) =>
        type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY && `AwsSolutions::${rule}` in Object(data),
    ),
  );
}
