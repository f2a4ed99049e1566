import React, { useEffect, useState } from 'react';
import ForgeReconciler, { Button, Text } from '@forge/react';
import { invoke, view } from '@forge/bridge';

const App = () => {
  const [votes, setVotes] = useState(null);
  const [pageId, setPageId] = useState(null);
  useEffect(() => {
    view.getContext().then(({ extension }) => setPageId(extension.content.id));
  }, []);
  useEffect(() => {
    if (pageId) invoke('votes', { pageId }).then(setVotes);
  }, [pageId]);
  return (
    <>
      <Text>{votes ? `${votes.up} found this helpful, ${votes.down} did not` : '…'}</Text>
      <Button onClick={() => invoke('vote', { pageId, choice: 'up' }).then(setVotes)}>It helped</Button>
    </>
  );
};

ForgeReconciler.render(<App />);
