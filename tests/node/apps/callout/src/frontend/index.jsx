import ForgeReconciler, { SectionMessage, Text, Textfield, useConfig } from '@forge/react';

const Callout = () => (
  <SectionMessage appearance={useConfig()?.tone}>
    <Text>{useConfig()?.text}</Text>
  </SectionMessage>
);

ForgeReconciler.render(<Callout />);
ForgeReconciler.addConfig(<Textfield name="text" />);
