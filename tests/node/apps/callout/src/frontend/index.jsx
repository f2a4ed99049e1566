import React from 'react';
import ForgeReconciler, { Select, SectionMessage, Text, Textfield, useConfig } from '@forge/react';

const TONES = ['info', 'warning', 'error', 'success'].map((value) => ({ label: value, value }));

const Config = () => (
  <>
    <Select name="tone" options={TONES} />
    <Textfield name="text" />
  </>
);

const Callout = () => {
  const { tone = 'info', text = '' } = useConfig() ?? {};
  return (
    <SectionMessage appearance={tone}>
      <Text>{text}</Text>
    </SectionMessage>
  );
};

ForgeReconciler.render(<Callout />);
ForgeReconciler.addConfig(<Config />);
